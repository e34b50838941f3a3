const { projects, ...shared } = require('../jest.config.cjs');

/** Tests that read every stack, once or twice. Others synthesize it for each of a dozen settings, or read few rows. */
const read = { invariants: '{estate,posture,service-writers}', snapshot: 'aws' };

/** The tests that read the whole synthesized estate, over as many of its rows as BENCH_FACTOR says. */
module.exports = {
  ...shared,
  rootDir: '..',
  testTimeout: 600_000,
  projects: projects
    .filter(({ displayName }) => displayName in read)
    .map((project) => ({
      ...project,
      rootDir: `${__dirname}/..`,
      testMatch: [`<rootDir>/test/${project.displayName}/${read[project.displayName]}.test.ts`],
      setupFiles: [`${__dirname}/scale-tests-setup.ts`],
      snapshotResolver: `${__dirname}/scale-snapshots.cjs`,
    })),
};
