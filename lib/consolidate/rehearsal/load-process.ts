/** Runs the load as a process of its own, so that neither the tool nor a test slows it down: `load-process.ts <options as JSON>`. */
import { type LoadOptions, runLoad } from './load';

const options = JSON.parse(process.argv[2] ?? '{}') as LoadOptions;
const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
// Its parent is gone: nobody reads the report.
process.once('disconnect', () => process.exit(1));

runLoad(options, stopping.signal)
  .then((report) => process.send?.(report, () => process.exit(0)))
  .catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
