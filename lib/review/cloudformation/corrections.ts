import { isObject } from '../json';
import type { Impact } from '../model';

/** Where the service specification is wrong or silent, and what is true instead. */
export interface Correction {
  readonly type: string;
  /** Path below `Properties`, as far as it matters. */
  readonly property: string;
  readonly impact: Impact;
  /** @default always */
  readonly when?: (before: unknown, after: unknown) => boolean;
  readonly reason: string;
  readonly source: string;
}

const userGuide = (page: string): string =>
  `https://github.com/awsdocs/aws-cloudformation-user-guide/blob/19dc52cd/doc_source/${page}.md`;

const databaseGuide = userGuide('aws-resource-rds-dbinstance');
const keyGuide = userGuide('aws-resource-kms-key');

const harmlessOnDatabase = (property: string, reason: string): Correction => ({
  type: 'AWS::RDS::DBInstance',
  property,
  impact: 'update',
  reason,
  source: databaseGuide,
});

const refusedOnKey = (property: string): Correction => ({
  type: 'AWS::KMS::Key',
  property,
  impact: 'replace',
  reason: 'a key cannot change it: the documentation says replacement, and that CloudFormation refuses the update',
  source: keyGuide,
});

const fixedOnUserPool = (property: string, source: string): Correction => ({
  type: 'AWS::Cognito::UserPool',
  property,
  impact: 'replace',
  reason: 'a user pool keeps it for life: an update is refused, and another pool has no users',
  source,
});

/** Attribute definitions by name, where the list is a plain one. */
const attributes = (value: unknown): ReadonlyMap<unknown, unknown> =>
  new Map(
    (Array.isArray(value) ? value : []).map((item: { AttributeName?: unknown; AttributeType?: unknown }) => [
      item?.AttributeName,
      item?.AttributeType,
    ]),
  );

/**
 * Corrections of the service specification, both ways: what it leaves out although it replaces, and what it calls "may
 * replace" although it does not. It is made from schemas that services write, and those list a property as create-only
 * or not, conditionally or not, with no condition said.
 */
const corrections: readonly Correction[] = [
  harmlessOnDatabase('DBParameterGroupName', 'the group is exchanged in place; static parameters wait for a reboot'),
  harmlessOnDatabase('MultiAZ', 'the standby is added or dropped in place'),
  harmlessOnDatabase('AutoMinorVersionUpgrade', 'a setting of maintenance, changed in place'),
  harmlessOnDatabase('BackupRetentionPeriod', 'changed in place; whether backups get shorter is judged apart'),
  harmlessOnDatabase('PreferredMaintenanceWindow', 'a setting of maintenance, changed in place'),
  {
    type: 'AWS::RDS::DBInstance',
    property: 'PerformanceInsightsKMSKeyId',
    impact: 'replace',
    reason: 'the documentation says replacement, the specification says perhaps',
    source: databaseGuide,
  },
  refusedOnKey('KeySpec'),
  refusedOnKey('KeyUsage'),
  refusedOnKey('MultiRegion'),
  refusedOnKey('Origin'),
  {
    type: 'AWS::DynamoDB::Table',
    property: 'AttributeDefinitions',
    impact: 'replace',
    when: (before, after) => {
      const [was, is] = [attributes(before), attributes(after)];
      return [...was].some(([name, type]) => is.has(name) && is.get(name) !== type);
    },
    reason: 'an attribute that a key is made of gets another type: replacement if an existing definition is edited',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-dynamodb-table.html',
  },
  {
    type: 'AWS::DynamoDB::Table',
    property: 'LocalSecondaryIndexes',
    impact: 'replace',
    reason: 'local secondary indexes are made with the table and cannot be added to it or taken from it',
    source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html',
  },
  {
    type: 'AWS::ElastiCache::CacheCluster',
    property: 'TransitEncryptionEnabled',
    impact: 'replace',
    reason: 'ModifyCacheCluster, which an update in place would call, has no such parameter',
    source: 'https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyCacheCluster.html',
  },
  {
    type: 'AWS::Logs::LogGroup',
    property: 'LogGroupClass',
    impact: 'replace',
    reason: 'the class of a log group cannot be changed after it is created',
    source: 'https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html',
  },
  fixedOnUserPool('AliasAttributes', 'https://github.com/awsdocs/aws-cloudformation-user-guide/pull/53'),
  fixedOnUserPool('UsernameAttributes', 'https://github.com/awsdocs/aws-cloudformation-user-guide/pull/53'),
  fixedOnUserPool('UsernameConfiguration', 'https://github.com/aws-amplify/amplify-cli/issues/4227'),
];

/** The correction that holds for a change of a property, if any. */
export function correctionFor(
  type: string,
  path: readonly string[],
  property: { readonly before: unknown; readonly after: unknown },
): Correction | undefined {
  const way = `${path.join('.')}.`;
  return corrections.find(
    (correction) =>
      correction.type === type &&
      way.startsWith(`${correction.property}.`) &&
      (correction.when === undefined ||
        branches(property.before).some((before) =>
          branches(property.after).some((after) => correction.when?.(before, after)),
        )),
  );
}

/** Every value that a property may take: both branches of a condition. */
const branches = (value: unknown): readonly unknown[] =>
  isObject(value) && Array.isArray(value['Fn::If']) ? value['Fn::If'].slice(1).flatMap(branches) : [value];
