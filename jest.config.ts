import type { Config } from 'jest';

/** Packages that ship ES modules only; jest runs CommonJS, so swc turns them round. */
const esModulesOnly = ['jose'];

const base = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.[tj]s$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esModulesOnly.join('|')})/)`],
} satisfies Config;

const project = (displayName: string): Config['projects'] extends (infer P)[] | undefined ? P : never => ({
  ...base,
  displayName,
  testMatch: [`<rootDir>/test/${displayName}/**/*.test.ts`],
});

const config: Config = {
  projects: [project('unit'), project('snapshot'), project('invariants'), project('integration')],
  // Two cores: the emulator that the integration tests start needs one of them.
  maxWorkers: 2,
  cacheDirectory: '.cache/jest',
};

export default config;
