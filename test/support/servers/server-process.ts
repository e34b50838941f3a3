export * from '../../../lib/rehearsal/servers/server-process';
