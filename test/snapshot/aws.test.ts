import { estateTemplates } from '../support/estate';
import { normalised } from '../support/normalise';

/** Resources per stack: a snapshot hides a lost resource in a thousand lines, a number does not. */
const counts: Readonly<Record<string, number>> = {
  'huntaze-estate-azure-access': 9,
  'huntaze-estate-compute': 34,
  'huntaze-estate-data': 19,
  'huntaze-estate-edge': 9,
  'huntaze-estate-foreign-aws-sam-cli-managed-default': 1,
  'huntaze-estate-foreign-cdktoolkit': 1,
  'huntaze-estate-foreign-cdktoolkit-ofq1abcde': 1,
  'huntaze-estate-foreign-huntazeofcistack': 2,
  'huntaze-estate-functions': 73,
  'huntaze-estate-messaging': 75,
  'huntaze-estate-monitoring': 166,
  'huntaze-estate-network': 28,
  'huntaze-estate-secrets': 9,
  'huntaze-estate-storage': 18,
};

const templates = estateTemplates();

test('every stack has a count', () => {
  expect([...templates.keys()].sort()).toEqual(Object.keys(counts));
});

test.each(Object.keys(counts))('%s', (stackName) => {
  const template = templates.get(stackName);
  expect(Object.keys(template?.Resources ?? {})).toHaveLength(counts[stackName] ?? -1);
  expect(normalised(template)).toMatchSnapshot();
});
