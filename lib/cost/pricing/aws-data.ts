import { at } from '../../review/json';
import { exact, formatCount } from '../money';
import { type Bill, millions, type Pricer } from './pricing';
import { decimal, list, text } from './values';

const engineNames: Readonly<Record<string, string>> = { postgres: 'postgres', mysql: 'mysql', mariadb: 'mysql' };

/** Instance hours and provisioned storage; a standby in a second zone doubles both. */
export const dbInstance: Pricer = (bill, { properties }) => {
  const { stack } = bill.surroundings;
  const engine = text(properties.Engine, stack) ?? '';
  const instanceClass = text(properties.DBInstanceClass, stack);
  const storage = decimal(properties.AllocatedStorage, stack);
  if (engine.startsWith('aurora')) {
    bill.unpriced(`AWS::RDS::DBInstance: ${engine}`);
    return;
  }
  if (instanceClass === undefined) {
    bill.unpriced('a database instance whose class is not in its template');
    return;
  }
  const zones = properties.MultiAZ === true || properties.MultiAZ === 'true' ? '2' : '1';
  const standby = zones === '2' ? ' x 2 zones' : '';
  bill.hourly(`rds.${engineNames[engine] ?? engine}.${instanceClass}`, zones, `${engine} ${instanceClass}${standby}`);
  if (storage === undefined) bill.note('the size of the storage is not in the template: not priced');
  else {
    const type = text(properties.StorageType, stack) ?? 'gp2';
    bill.fixed(`rds.storage.${type}`, exact(storage).times(zones), `${storage} GB ${type}${standby}`);
    const iops = decimal(properties.Iops, stack);
    if (type === 'io1' && iops !== undefined) bill.fixed('rds.iops.io1', exact(iops).times(zones), `${iops} IOPS`);
  }
  bill.note('backups are free up to the size of the database; seven days of Performance Insights are free');
};

export const cacheCluster: Pricer = (bill, { properties }) => {
  const { stack } = bill.surroundings;
  const node = text(properties.CacheNodeType, stack);
  const nodes = decimal(properties.NumCacheNodes, stack) ?? '1';
  if (node === undefined) bill.unpriced('a cache whose node type is not in its template');
  else bill.hourly(`cache.${node}`, nodes, `${nodes} x ${node}`);
};

export const replicationGroup: Pricer = (bill, { properties }) => {
  const { stack } = bill.surroundings;
  const node = text(properties.CacheNodeType, stack);
  const shards = exact(decimal(properties.NumNodeGroups, stack) ?? '1');
  const replicas = decimal(properties.ReplicasPerNodeGroup, stack);
  const nodes =
    replicas === undefined
      ? exact(decimal(properties.NumCacheClusters, stack) ?? '1')
      : shards.times(exact(replicas).plus(1));
  if (node === undefined) bill.unpriced('a replication group whose node type is not in its template');
  else bill.hourly(`cache.${node}`, nodes, `${nodes} x ${node}`);
};

export const dynamoTable: Pricer = (bill, { properties }) => {
  const { stack } = bill.surroundings;
  const gigabytes = bill.assumption('table.gigabytes');
  if (text(properties.BillingMode, stack) === 'PAY_PER_REQUEST') {
    const reads = bill.assumption('table.reads');
    const writes = bill.assumption('table.writes');
    const indexes = list(properties.GlobalSecondaryIndexes).length;
    bill.used('dynamodb.read', millions(reads), `${formatCount(reads)} reads`);
    bill.used(
      'dynamodb.write',
      millions(writes.times(1 + indexes)),
      `${formatCount(writes)} writes x ${1 + indexes} (table and indexes)`,
    );
  } else {
    for (const capacity of [properties, ...list(properties.GlobalSecondaryIndexes)]) {
      provisioned(bill, at(capacity, 'ProvisionedThroughput'));
    }
  }
  bill.used('dynamodb.storage', gigabytes, `${gigabytes} GB`);
  if (at(properties, 'PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled') === true) {
    bill.used('dynamodb.pitr', gigabytes, `${gigabytes} GB, point-in-time recovery`);
  }
};

function provisioned(bill: Bill, throughput: unknown): void {
  const { stack } = bill.surroundings;
  const reads = decimal(at(throughput, 'ReadCapacityUnits'), stack) ?? '1';
  const writes = decimal(at(throughput, 'WriteCapacityUnits'), stack) ?? '1';
  bill.hourly('dynamodb.rcu', reads, `${reads} RCU`);
  bill.hourly('dynamodb.wcu', writes, `${writes} WCU`);
}

export const bucket: Pricer = (bill) => {
  const gigabytes = bill.assumption('bucket.gigabytes');
  const reads = bill.assumption('bucket.reads');
  const writes = bill.assumption('bucket.writes');
  bill.used('s3.standard', gigabytes, `${gigabytes} GB`);
  bill.used('s3.read', millions(reads), `${formatCount(reads)} reads`);
  bill.used('s3.write', millions(writes), `${formatCount(writes)} writes`);
};

export const fileSystem: Pricer = (bill) => {
  bill.unpriced('AWS::EFS::FileSystem: no assumption of its size');
};
