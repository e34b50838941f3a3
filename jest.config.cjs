/** Packages that ship ES modules only; jest runs CommonJS, so swc turns them round. */
const esModulesOnly = [
  'jose',
  '@octokit',
  '@secretlint',
  'universal-user-agent',
  'before-after-hook',
  'json-with-bigint',
  'toad-cache',
  'mdast-util-[^/]+',
  'micromark[^/]*',
  'unist-util-[^/]+',
  'ccount',
  'character-entities[^/]*',
  'decode-named-character-reference',
  'devlop',
  'escape-string-regexp',
  'longest-streak',
  'markdown-table',
  'zwitch',
];

/** A `.ts` file may hold what TSX reads as an element, such as `<T>(value: T)`: each has a parser of its own. */
const swc = (/** @type {boolean} */ tsx) => [
  '@swc/jest',
  {
    jsc: {
      parser: { syntax: 'typescript', tsx },
      transform: { react: { runtime: 'automatic', importSource: 'preact' } },
      target: 'es2022',
    },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];

/** @param {string} displayName folder below test/ */
const project = (displayName) => ({
  displayName,
  testEnvironment: 'node',
  testMatch: [`<rootDir>/test/${displayName}/**/*.test.ts`],
  transform: { '^.+\\.[tj]s$': swc(false), '^.+\\.tsx$': swc(true) },
  cacheDirectory: '<rootDir>/.cache/jest',
  transformIgnorePatterns: [`/node_modules/(?!(${esModulesOnly.join('|')})/)`],
});

/** @type {import('jest').Config} */
module.exports = {
  projects: ['unit', 'snapshot', 'invariants', 'migration', 'integration', 'consolidation'].map(project),
  globalSetup: '<rootDir>/test/support/run-folder.cjs',
  globalTeardown: '<rootDir>/test/support/run-folder-end.cjs',
  testSequencer: './test/support/longest-first.cjs',
  // One more than two cores: the longest files wait for servers and programs that they started.
  maxWorkers: 3,
};
