// Snapshots of a multiplied estate stand in the bench's own folder, never beside those of the real one.
const { basename, join } = require('node:path');

const folder = process.env.BENCH_SNAPSHOTS;
const tests = join(__dirname, '..', 'test', 'snapshot');

module.exports = {
  resolveSnapshotPath: (testPath, extension) => join(folder, basename(testPath) + extension),
  resolveTestPath: (snapshotPath, extension) => join(tests, basename(snapshotPath, extension)),
  testPathForConsistencyCheck: join(tests, 'example.test.ts'),
};
