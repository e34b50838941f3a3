import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analysers, findingRules } from '../../../../lib/review/findings';
import { analyseValidationReports } from '../../../../lib/review/findings/policy/validation-report';
import type { Analyser, Tree } from '../../../../lib/review/model';
import { cloudFormationStack, comparisonOf, type TemplateRow, treeOf } from '../../../support/review-trees';

const tree = (rows: Record<string, TemplateRow>) => treeOf(cloudFormationStack(rows));
const told = (analyser: Analyser, base: Tree, head: Tree) =>
  analyser(comparisonOf(base, head)).map(({ status, level, message }) => `${status} ${level}: ${message}`);

describe('validation reports of synth', () => {
  const withReport = (report: unknown): Tree => {
    const directory = mkdtempSync(join(tmpdir(), 'huntaze-report-'));
    mkdirSync(directory, { recursive: true });
    if (report !== undefined) writeFileSync(join(directory, 'validation-report.json'), JSON.stringify(report));
    return { ...tree({}), directory };
  };
  const report = (violations: unknown[], suppressedViolations: unknown[] = []) => ({
    pluginReports: [{ pluginName: 'AwsSolutions', violations, suppressedViolations }],
  });
  const violation = {
    ruleName: 'S1',
    description: 'No log.',
    severity: 'error',
    violatingConstructs: [{ constructPath: 'a/b' }],
  };

  test('a violation is new, acknowledged, and gone', () => {
    expect(told(analyseValidationReports, withReport(report([])), withReport(report([violation])))).toEqual([
      'new error: AwsSolutions S1 at a/b: No log.',
    ]);
    expect(
      told(
        analyseValidationReports,
        withReport(report([violation])),
        withReport(report([], [{ ...violation, reason: 'A log of logs.' }])),
      ),
    ).toEqual([
      'new note: Acknowledged: AwsSolutions S1 at a/b: No log. Reason: A log of logs.',
      'fixed note: No longer reported: AwsSolutions S1 at a/b: No log.',
    ]);
  });

  test.each([
    ['no report', undefined],
    ['a report of another shape', { pluginReports: 'none' }],
    ['a list', []],
  ])('%s says nothing', (_, broken) => {
    expect(told(analyseValidationReports, withReport(broken), withReport(report([violation])))).toEqual([]);
  });
});

test('no analyser reports a rule that is not listed, nor throws on a strange template', () => {
  const strange: Record<string, TemplateRow> = Object.fromEntries(
    [
      'AWS::IAM::Role',
      'AWS::SQS::QueuePolicy',
      'AWS::EC2::SecurityGroup',
      'AWS::S3::Bucket',
      'AWS::Lambda::Function',
      'AWS::RDS::DBInstance',
      'AWS::IAM::Policy',
      'AWS::CloudFront::Distribution',
      '__proto__x',
      'constructor',
    ].flatMap((Type, index) =>
      [undefined, null, 7, 'text', [], { Statement: [null, 7] }, { 'Fn::If': ['C'] }].map((value, variant) => [
        `R${index}V${variant}`,
        {
          Type,
          Properties: Object.fromEntries(
            [
              'PolicyDocument',
              'AssumeRolePolicyDocument',
              'Policies',
              'Roles',
              'Queues',
              'SecurityGroupIngress',
              'SecurityGroupEgress',
              'ManagedPolicyArns',
              'Runtime',
              'Engine',
              'DistributionConfig',
              'PublicAccessBlockConfiguration',
            ].map((key) => [key, value]),
          ),
        },
      ]),
    ),
  );
  const comparison = comparisonOf(tree({}), tree(strange));
  const listed = new Set(findingRules.map(({ id }) => id));
  for (const analyser of analysers) {
    const found = analyser(comparison);
    expect(found.filter(({ rule }) => !listed.has(rule))).toEqual([]);
    expect(analyser(comparisonOf(tree(strange), tree(strange)))).toEqual([]);
  }
  expect(listed.size).toBe(findingRules.length);
});
