// Loaded before the code of every Lambda function of a rehearsal (node --require), so plain JavaScript: whatever a
// function's configuration says, a connection that would leave this machine fails at once, before its name is looked up.
const { Socket } = require('node:net');

const { connect } = Socket.prototype;

Socket.prototype.connect = function connectOnThisMachine(...args) {
  const host = hostOf(args);
  if (isLoopback(host)) return connect.apply(this, args);
  const error = new Error(
    `A rehearsal reaches this machine alone, got: ${host}. Point the function at a local server.`,
  );
  process.nextTick(() => this.destroy(Object.assign(error, { code: 'ENETUNREACH' })));
  return this;
};

/** Of the forms (options), (port, host), (path) and the list that node:net makes of them; undefined: this machine. */
function hostOf(args) {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first === 'object' && first !== null) return first.path ? undefined : first.host;
  return typeof second === 'string' ? second : undefined;
}

function isLoopback(host) {
  return host === undefined || host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
