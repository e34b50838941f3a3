import {
  type AttributeDefinition,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type KeySchemaElement,
} from '@aws-sdk/client-dynamodb';
import { effectiveTable, tableKey } from '../../estate/posture';
import { tables } from '../../estate/support';
import { orAbsent } from '../clients';
import { type JsonValue, readColumn, type Section, toJson } from '../model';

export const tablesSection: Section = {
  id: 'tables',
  part: 'support',
  nameHeading: 'name',
  columns: [readColumn('status', 'status')],

  expected: (settings) =>
    tables.map((row) => {
      const { pointInTimeRecovery, deletionProtection } = effectiveTable(row, settings.posture);
      return {
        kind: 'modelled',
        name: row.name,
        label: '',
        properties: {
          status: 'ACTIVE',
          billing: 'PAY_PER_REQUEST',
          key: toJson(tableKey(row, settings)),
          indexes: row.indexes.map(({ name, partition, sort }) => toJson({ name, partition, sort })),
          timeToLive: row.timeToLive ?? null,
          pointInTimeRecovery,
          deletionProtection,
        },
      };
    }),

  async read({ dynamo }, name) {
    const answer = await orAbsent(
      dynamo.send(new DescribeTableCommand({ TableName: name })),
      'ResourceNotFoundException',
    );
    const table = answer?.Table;
    if (table === undefined) return undefined;
    const [backups, expiry] = await Promise.all([
      dynamo.send(new DescribeContinuousBackupsCommand({ TableName: name })),
      dynamo.send(new DescribeTimeToLiveCommand({ TableName: name })),
    ]);
    const recovery = backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
    const timeToLive = expiry.TimeToLiveDescription;
    const attributes = table.AttributeDefinitions ?? [];
    return {
      status: table.TableStatus ?? null,
      billing: table.BillingModeSummary?.BillingMode ?? 'PROVISIONED',
      key: keyFacts(table.KeySchema ?? [], attributes),
      indexes: (table.GlobalSecondaryIndexes ?? [])
        .map((index) => ({ name: index.IndexName ?? '', ...keyFacts(index.KeySchema ?? [], attributes) }))
        .sort((a, b) => a.name.localeCompare(b.name, 'en')),
      timeToLive: ['ENABLED', 'ENABLING'].includes(timeToLive?.TimeToLiveStatus ?? '')
        ? (timeToLive?.AttributeName ?? null)
        : null,
      pointInTimeRecovery: recovery?.PointInTimeRecoveryStatus === 'ENABLED',
      deletionProtection: table.DeletionProtectionEnabled ?? false,
    };
  },
};

function keyFacts(schema: readonly KeySchemaElement[], attributes: readonly AttributeDefinition[]) {
  const attribute = (type: 'HASH' | 'RANGE') => {
    const name = schema.find((element) => element.KeyType === type)?.AttributeName;
    return name === undefined
      ? undefined
      : { name, type: attributes.find((candidate) => candidate.AttributeName === name)?.AttributeType };
  };
  return toJson({ partition: attribute('HASH'), sort: attribute('RANGE') }) as { readonly [key: string]: JsonValue };
}
