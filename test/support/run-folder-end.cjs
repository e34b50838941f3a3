const { rmSync } = require('node:fs');

/** After the last test. */
module.exports = () => {
  if (process.env.HUNTAZE_TEST_RUN) rmSync(process.env.HUNTAZE_TEST_RUN, { recursive: true, force: true });
};
