import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import {
  furtherStatefulTypes,
  guardedTypes,
  isStateful,
  specifiedStatefulTypes,
  statefulReason,
} from '../../../lib/policy/stateful-types';

const specified = loadAwsServiceSpecSync()
  .all('resource')
  .filter((resource) => resource.isStateful)
  .map((resource) => resource.cloudFormationType)
  .sort();

test('the committed table is what the service specification says', () => {
  expect(specifiedStatefulTypes).toEqual(specified);
});

test('our own additions are not in the specification yet, and each has a reason', () => {
  for (const [type, reason] of Object.entries({ ...furtherStatefulTypes, ...guardedTypes })) {
    expect(specified).not.toContain(type);
    expect(reason.length).toBeGreaterThan(20);
  }
});

test.each([
  ['AWS::RDS::DBInstance', true],
  ['AWS::ECS::Service', true],
  ['AWS::IAM::Role', false],
])('%s: %s', (type, stateful) => {
  expect(isStateful(type)).toBe(stateful);
});

test('a review guards more than every synth must retain', () => {
  expect([isStateful('AWS::Route53::HostedZone'), statefulReason('AWS::Route53::HostedZone')]).toEqual([
    false,
    expect.stringContaining('name servers'),
  ]);
});
