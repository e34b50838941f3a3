export * from '../../../lib/rehearsal/servers/certificates';
