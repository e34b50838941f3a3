import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { recordAcknowledgements } from '../../../lib/policy/acknowledge';
import type { Acknowledgement } from '../../../lib/policy/acknowledgements';
import { AwsSolutionsPolicy } from '../../../lib/policy/nag';
import { TemplatePolicy } from '../../../lib/policy/template-policy';

const row: Acknowledgement = {
  finding: 'AwsSolutions::AwsSolutions-S1',
  stack: 'storage',
  resources: ['Bucket*'],
  reason: 'No logs here.',
  remedy: 'a log bucket.',
};
const tlsRow: Acknowledgement = { ...row, finding: 'AwsSolutions::AwsSolutions-S10' };

interface Report {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly violations: readonly { readonly ruleName: string; readonly description: string }[];
    readonly suppressedViolations?: readonly { readonly ruleName: string; readonly reason: string }[];
  }[];
}

/** Synthesizes one bucket under the policy, and reads the report back. */
function synthesize(
  rows: readonly Acknowledgement[],
  removal = RemovalPolicy.RETAIN,
): { error?: string; report: Report } {
  const app = new App({ builtinCloudFormationValidation: false });
  const bucket = new CfnBucket(new Stack(app, 'storage'), 'Bucket', {
    publicAccessBlockConfiguration: {
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
  });
  bucket.applyRemovalPolicy(removal);
  recordAcknowledgements(app, rows);
  Validations.of(app).addPlugins(new AwsSolutionsPolicy(rows), new TemplatePolicy('hardened'));
  let error: string | undefined;
  const log = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  try {
    app.synth();
  } catch (thrown) {
    error = String(thrown);
  } finally {
    log.mockRestore();
  }
  return { error, report: JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as Report };
}

const reportOf = ({ report }: { report: Report }, plugin: string) =>
  report.pluginReports.find(({ pluginName }) => pluginName === plugin);

test('a finding without an acknowledgement fails the synth', () => {
  const result = synthesize([tlsRow]);
  expect(result.error).toContain('server access logs');
  expect(reportOf(result, 'AwsSolutions')?.violations.map(({ ruleName }) => ruleName)).toEqual(['AwsSolutions-S1']);
});

test('an acknowledged finding stands in the report with reason and remedy', () => {
  const result = synthesize([row, tlsRow]);
  expect(result.error).toBeUndefined();
  const nag = reportOf(result, 'AwsSolutions');
  expect(nag?.violations).toEqual([]);
  expect(nag?.suppressedViolations?.map(({ ruleName, reason }) => [ruleName, reason])).toEqual([
    ['AwsSolutions-S1', 'No logs here. Remedy: a log bucket.'],
    ['AwsSolutions-S10', 'No logs here. Remedy: a log bucket.'],
  ]);
});

test.each([
  ['a finding that nothing has', { ...row, finding: 'AwsSolutions::AwsSolutions-RDS2' }],
  ['a stack that does not exist', { ...row, stack: 'other' }],
  ['a second pattern that matches nothing', { ...row, resources: ['Bucket*', 'Table*'] }],
])('a stale acknowledgement fails the synth: %s', (_, stale) => {
  const result = synthesize([row, tlsRow, stale]);
  expect(result.error).toContain('stale-acknowledgement');
  expect(reportOf(result, 'AwsSolutions')?.violations.map(({ ruleName }) => ruleName)).toEqual([
    'stale-acknowledgement',
  ]);
});

test('an acknowledgement of another check is not called stale: that check may be switched off', () => {
  const other = { ...row, finding: 'CloudFormation-Validate::E3062' };
  expect(synthesize([row, tlsRow, other]).error).toBeUndefined();
});

test('a template that breaks a rule fails the synth and says what was found', () => {
  const result = synthesize([row, tlsRow], RemovalPolicy.DESTROY);
  expect(result.error).toContain('Set DeletionPolicy to RetainExceptOnCreate');
  expect(reportOf(result, 'Estate policy')?.violations).toEqual([
    expect.objectContaining({ ruleName: 'retained-state', description: expect.stringContaining('Found: Delete') }),
  ]);
});
