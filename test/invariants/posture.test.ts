import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import { type CloudFormationTemplate, estateTemplates } from '../support/estate';

const audited = estateTemplates({ posture: 'audited' });
const hardened = estateTemplates({ posture: 'hardened' });

/** What the step from one posture to the other does to each resource. */
function changes(before: CloudFormationTemplate, after: CloudFormationTemplate) {
  const found: { logicalId: string; type: string; impact: ResourceImpact; properties: string[] }[] = [];
  // The diff mutates what it reads.
  fullDiff(structuredClone(before), structuredClone(after)).resources.forEachDifference((logicalId, change) => {
    found.push({
      logicalId,
      type: change.newResourceType ?? change.oldResourceType ?? '?',
      impact: change.changeImpact,
      properties: Object.keys(change.propertyUpdates),
    });
  });
  return found;
}

test('both postures have the same stacks', () => {
  expect([...audited.keys()]).toEqual([...hardened.keys()]);
});

test.each([...audited.keys()])('%s: the step from audited to hardened replaces and removes nothing', (stackName) => {
  const before = audited.get(stackName);
  const after = hardened.get(stackName);
  if (!before || !after) throw new Error(`No template of ${stackName}`);
  const allowed = [ResourceImpact.WILL_UPDATE, ResourceImpact.WILL_CREATE, ResourceImpact.NO_CHANGE];
  expect(changes(before, after).filter(({ impact }) => !allowed.includes(impact))).toEqual([]);
});

test('the step touches what it is meant to touch', () => {
  const touched = new Map<string, Set<string>>();
  for (const [stackName, before] of audited) {
    const after = hardened.get(stackName);
    if (!after) continue;
    for (const { type, impact, properties } of changes(before, after)) {
      const known = touched.get(type) ?? new Set<string>();
      for (const property of impact === ResourceImpact.WILL_CREATE ? ['(new)'] : properties) known.add(property);
      touched.set(type, known);
    }
  }
  expect(Object.fromEntries([...touched].map(([type, properties]) => [type, [...properties].sort()]).sort())).toEqual({
    // Alarms count from the visibility timeouts that hardening widens.
    'AWS::CloudWatch::Alarm': ['AlarmDescription', 'Threshold'],
    'AWS::CloudWatch::Dashboard': ['DashboardBody'],
    'AWS::DynamoDB::Table': ['DeletionProtectionEnabled', 'PointInTimeRecoverySpecification'],
    'AWS::EC2::FlowLog': ['(new)'],
    'AWS::EC2::SecurityGroup': ['SecurityGroupIngress'],
    'AWS::ECR::Repository': ['ImageScanningConfiguration'],
    'AWS::ECS::Service': ['DeploymentConfiguration'],
    'AWS::IAM::Policy': ['(new)', 'PolicyDocument'],
    'AWS::IAM::Role': ['(new)'],
    'AWS::Lambda::Function': ['DeadLetterConfig'],
    'AWS::Logs::LogGroup': ['(new)'],
    'AWS::RDS::DBInstance': ['CopyTagsToSnapshot', 'DeletionProtection'],
    'AWS::S3::Bucket': ['BucketEncryption', 'CorsConfiguration', 'PublicAccessBlockConfiguration'],
    'AWS::S3::BucketPolicy': ['(new)', 'PolicyDocument'],
    'AWS::SQS::Queue': ['MessageRetentionPeriod', 'SqsManagedSseEnabled', 'VisibilityTimeout'],
    'AWS::SQS::QueuePolicy': ['(new)', 'PolicyDocument'],
  });
});

test('create-only values are equal in both postures', () => {
  const createOnly = [
    'StorageEncrypted',
    'KmsKeyId',
    'MasterUsername',
    'DBName',
    'DBInstanceIdentifier',
    'DBSubnetGroupName',
  ];
  const values = (templates: typeof audited) =>
    [...templates.values()].flatMap(({ Resources }) =>
      Object.values(Resources)
        .filter(({ Type }) => Type === 'AWS::RDS::DBInstance')
        .map(({ Properties }) => createOnly.map((name) => Properties?.[name])),
    );
  expect(values(hardened)).toEqual(values(audited));
});

test('the plain database is closed by its own setting only, together with its port', () => {
  const closed = estateTemplates({ closePublicAccess: 'true' });
  const facts = (templates: typeof audited) => ({
    public: [
      ...(templates.get('huntaze-estate-data')
        ? Object.values(templates.get('huntaze-estate-data')?.Resources ?? {})
        : []),
    ]
      .filter(({ Type }) => Type === 'AWS::RDS::DBInstance')
      .map(({ Properties }) => Properties?.PubliclyAccessible),
    open: JSON.stringify(templates.get('huntaze-estate-network')).includes(
      '"CidrIp":"0.0.0.0/0","Description":"Anywhere',
    ),
  });
  expect(facts(hardened)).toEqual({ public: [true, false], open: true });
  expect(facts(closed)).toEqual({ public: [false, false], open: false });
});
