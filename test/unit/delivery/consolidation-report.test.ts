import { consolidationReport } from '../../../lib/delivery/nightly';

const file = (name: string, tests: Record<string, string>, message = '') => ({
  name: `/somewhere/test/consolidation/${name}`,
  message,
  status: message === '' && Object.values(tests).every((status) => status === 'passed') ? 'passed' : 'failed',
  assertionResults: Object.entries(tests).map(([fullName, status]) => ({ fullName, status })),
});
const results = (...testResults: readonly ReturnType<typeof file>[]) => ({
  numPassedTests: testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'passed'),
  ).length,
  testResults,
});

test('a matrix that passed is clean', () => {
  expect(consolidationReport(results(file('kills.test.ts', { forward: 'passed', back: 'passed' })))).toEqual({
    schemaVersion: 1,
    part: 'consolidation',
    clean: true,
    lines: [],
  });
});

test('each test that failed is a line', () => {
  const { clean, lines } = consolidationReport(
    results(
      file('kills.test.ts', { forward: 'passed', back: 'failed' }),
      file('disk.test.ts', { 'a full disk': 'failed', 'a disk that cannot be mounted': 'pending' }),
    ),
  );
  expect(clean).toBe(false);
  expect(lines).toEqual(['failed: back', 'failed: a full disk']);
});

test('a file that cannot be run is a line with its reason', () => {
  const { lines } = consolidationReport(
    results(
      file('kills.test.ts', { forward: 'passed' }),
      file('servers.test.ts', {}, '\n  Cannot find module x\n at y'),
    ),
  );
  expect(lines).toEqual(['failed: servers.test.ts: Cannot find module x']);
});

test('no test at all is nothing to be content with', () => {
  expect(consolidationReport(results())).toMatchObject({ clean: false, lines: ['No test passed.'] });
});

test('anything but the results of jest is refused', () => {
  expect(() => consolidationReport({})).toThrow(/numPassedTests/);
});
