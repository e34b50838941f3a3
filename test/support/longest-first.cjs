const { existsSync } = require('node:fs');
const { join, sep } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * Files that take longest, longest first. Jest remembers durations by itself, but a fresh clone has none and goes by the
 * size of a file: a short file that deploys an estate would start last, and everybody would wait for it.
 */
const longest = [
  'integration/adopt.test.ts',
  'integration/rehearse.test.ts',
  'integration/report-page.test.ts',
  'integration/gate-mutations.test.ts',
  'integration/contributing.test.ts',
  'integration/publishers/publishers.test.ts',
  'integration/cfn-lint.test.ts',
  'integration/publishers/crash.test.ts',
  'integration/consolidate/pass.test.ts',
  'integration/determinism.test.ts',
  'integration/rehearsal/embedded-aws.test.ts',
  'invariants/adoption.test.ts',
  'invariants/cost.test.ts',
  'invariants/consolidation.test.ts',
  'invariants/policy.test.ts',
  'invariants/delivery-identities.test.ts',
];

for (const file of longest) {
  if (existsSync(join(__dirname, '..', file))) continue;
  throw new Error(`A long test file is gone, got: ${file}. Take it out of test/support/longest-first.cjs.`);
}

const placeOf = ({ path }) => {
  const place = longest.findIndex((file) => path.endsWith(`${sep}test${sep}${file.split('/').join(sep)}`));
  return place === -1 ? longest.length : place;
};

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    // The order of the rest, by what Jest remembers, stays: sorting is stable.
    return super.sort(tests).sort((a, b) => placeOf(a) - placeOf(b));
  }
};
