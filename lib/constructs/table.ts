import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { effectiveTable, tableKey } from '../estate/posture';
import type { AccountSettings } from '../estate/settings';
import type { KeySchema, TableRow } from '../estate/support';
import { retainState } from './stateful';

export interface TableProps {
  readonly row: TableRow;
  readonly settings: Pick<AccountSettings, 'posture' | 'tableKeys' | 'account'>;
}

/** One table, every property from its row. */
export class Table extends Construct {
  constructor(scope: Construct, id: string, { row, settings }: TableProps) {
    super(scope, id);
    const key = tableKey(row, settings);
    const { pointInTimeRecovery, deletionProtection } = effectiveTable(row, settings.posture);
    const attributes = new Map(
      [key, ...row.indexes]
        .flatMap(({ partition, sort }) => [partition, ...(sort ? [sort] : [])])
        .map((a) => [a.name, a]),
    );
    const resource = new CfnTable(this, 'Resource', {
      tableName: row.name,
      billingMode: 'PAY_PER_REQUEST',
      attributeDefinitions: [...attributes.values()].map(({ name, type }) => ({
        attributeName: name,
        attributeType: type,
      })),
      keySchema: keySchemaProperty(key),
      ...(row.indexes.length > 0 && {
        globalSecondaryIndexes: row.indexes.map((index) => ({
          indexName: index.name,
          keySchema: keySchemaProperty(index),
          projection: { projectionType: 'ALL' },
        })),
      }),
      ...(row.timeToLive && { timeToLiveSpecification: { attributeName: row.timeToLive, enabled: true } }),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: pointInTimeRecovery },
      deletionProtectionEnabled: deletionProtection,
    });
    retainState(resource, 'Table', row.name);
  }
}

const keySchemaProperty = ({ partition, sort }: KeySchema): CfnTable.KeySchemaProperty[] => [
  { attributeName: partition.name, keyType: 'HASH' },
  ...(sort ? [{ attributeName: sort.name, keyType: 'RANGE' }] : []),
];
