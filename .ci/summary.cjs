// Prints `N passed, N failed` from jest's own result. No result, or a result with no test, is a failure.
const { existsSync, readFileSync } = require('node:fs');

const [file] = process.argv.slice(2);
const result = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
const passed = result?.numPassedTests ?? 0;
// A suite that cannot even start counts no test: without this it would count as nothing.
const failed = result ? result.numFailedTests + result.numRuntimeErrorTestSuites : 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
