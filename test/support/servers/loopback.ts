export * from '../../../lib/rehearsal/servers/loopback';
