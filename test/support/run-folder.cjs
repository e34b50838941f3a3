const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/** Before the first test: a folder for what every process of the run needs, and none has to make again. */
module.exports = () => {
  process.env.HUNTAZE_TEST_RUN = mkdtempSync(join(tmpdir(), 'huntaze-test-run-'));
};
