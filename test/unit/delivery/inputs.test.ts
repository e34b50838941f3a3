import { readInputs } from '../../../lib/delivery/inputs';

const valid = {
  GITHUB_REPOSITORY: 'example-org/estate',
  GITHUB_TOKEN: 'token-of-the-job',
  GITHUB_RUN_ID: '7',
  HEAD_SHA: 'a'.repeat(40),
  HEAD_RUN_ID: '12',
};

test('reads what is asked for, numbers as numbers, with GitHub’s own addresses as defaults', () => {
  const names = ['GITHUB_REPOSITORY', 'GITHUB_API_URL', 'GITHUB_SERVER_URL', 'GITHUB_RUN_ID', 'HEAD_SHA'] as const;
  expect(readInputs(names, valid)).toEqual({
    GITHUB_REPOSITORY: 'example-org/estate',
    GITHUB_API_URL: 'https://api.github.com',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_RUN_ID: 7,
    HEAD_SHA: 'a'.repeat(40),
  });
});

test('hands over nothing that was not asked for', () => {
  expect(readInputs(['HEAD_SHA'], valid)).toEqual({ HEAD_SHA: valid.HEAD_SHA });
});

test.each([
  ['GITHUB_REPOSITORY', 'estate'],
  ['GITHUB_REPOSITORY', 'example-org/estate/../other'],
  ['GITHUB_REPOSITORY', 'example-org/estate\nX=1'],
  ['GITHUB_API_URL', 'api.github.com'],
  ['GITHUB_RUN_ID', '0'],
  ['GITHUB_RUN_ID', '7; rm -rf /'],
  ['HEAD_SHA', 'main'],
  ['HEAD_SHA', 'A'.repeat(40)],
  ['HEAD_SHA', `${'a'.repeat(40)}\n`],
  ['HEAD_RUN_ID', '-1'],
  ['HEAD_RUN_ID', undefined],
] as const)('%s may not be %j', (name, value) => {
  const read = () => readInputs([name], { ...valid, [name]: value });
  expect(read).toThrow(`  ${name}: `);
  expect(read).toThrow(`got: ${JSON.stringify(value)}`);
});

test('names every variable that is wrong, at once', () => {
  expect(() => readInputs(['HEAD_SHA', 'HEAD_RUN_ID'], {})).toThrow(/HEAD_SHA[\s\S]*HEAD_RUN_ID[\s\S]*The workflow/);
});

test('a token that is wrong is not shown', () => {
  expect(() => readInputs(['GITHUB_TOKEN', 'HEAD_SHA'], { GITHUB_TOKEN: '' })).toThrow(
    /GITHUB_TOKEN: the token of the job, got: \(not shown\)/,
  );
  const attempt = () => readInputs(['GITHUB_TOKEN', 'HEAD_SHA'], { GITHUB_TOKEN: valid.GITHUB_TOKEN });
  expect(attempt).toThrow(expect.not.objectContaining({ message: expect.stringContaining(valid.GITHUB_TOKEN) }));
});
