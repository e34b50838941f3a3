import { estateProgram } from '../lib/cli/program';

estateProgram()
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    process.exitCode = 1;
  });
