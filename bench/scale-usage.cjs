// Writes what the process took when it ends, for the bench that started it.
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  writeFileSync(process.env.BENCH_USAGE, JSON.stringify({ processor: (user + system) / 1e6 }));
});
