/** Runs the app and writes, to the file in BENCH_LIBRARY_FILES, which files of aws-cdk-lib it loaded. */
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const loaded = Object.keys(require.cache).filter((path) => path.includes('/node_modules/aws-cdk-lib/'));
  writeFileSync(process.env.BENCH_LIBRARY_FILES ?? '', JSON.stringify(loaded));
});
require('../bin/aws');
