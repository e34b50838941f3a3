import { audited, evidence, type Row } from './evidence';

/** A PostgreSQL instance of RDS, as the listings show it. */
export interface DatabaseRow extends Row {
  readonly instanceClass: string;
  /** GiB. */
  readonly allocatedStorage: number;
  readonly storageType: 'gp2' | 'gp3';
  readonly availabilityZone: string;
  /** Create-only: another value replaces the instance by an empty one. */
  readonly encrypted: boolean;
  readonly publiclyAccessible: boolean;
  /** Host name that AWS gave the instance; it survives as long as the instance does. */
  readonly endpoint: string;
  /** Days of automated backups. */
  readonly backupRetentionDays: number;
  /** UTC, `hh:mm-hh:mm`. */
  readonly backupWindow: string;
  /** UTC, `ddd:hh:mm-ddd:hh:mm`. */
  readonly maintenanceWindow: string;
  readonly parameterGroup: string;
  readonly subnetGroup: string;
  readonly certificateAuthority: string;
  /** Days of Performance Insights; 7 is the free tier. */
  readonly performanceInsightsDays: number;
  readonly logExports: readonly string[];
  readonly role: string;
}

/** Host name suffix of this account's RDS endpoints in us-east-1. */
const rdsDomain = 'c2ryoow8c5m4.us-east-1.rds.amazonaws.com';

const common = {
  owner: 'scripts or console',
  instanceClass: 'db.t3.micro',
  allocatedStorage: 20,
  storageType: 'gp2',
  availabilityZone: 'us-east-1d',
  backupRetentionDays: 7,
  backupWindow: '03:00-04:00',
  maintenanceWindow: 'thu:09:22-thu:09:52',
  parameterGroup: 'default.postgres17',
  subnetGroup: 'default',
  certificateAuthority: 'rds-ca-rsa2048-g1',
  performanceInsightsDays: 7,
  logExports: ['postgresql', 'upgrade'],
} as const;

/** Audit section 2: the two PostgreSQL instances. */
export const databases: readonly DatabaseRow[] = [
  {
    ...common,
    name: 'huntaze-postgres-production',
    role: 'takes the writes; source of the consolidation',
    encrypted: false,
    publiclyAccessible: true,
    endpoint: `huntaze-postgres-production.${rdsDomain}`,
    evidence: [
      audited('name, status, endpoint'),
      evidence('costListing', 'listed', 'every setting; deletion protection and copying of tags were off'),
      evidence('servicesScript', 'inferred', 'asks for 15.4, gp3, encrypted: built another way'),
    ],
  },
  {
    ...common,
    name: 'huntaze-postgres-production-encrypted',
    role: 'encrypted copy of 29 October; target of the consolidation',
    encrypted: true,
    publiclyAccessible: false,
    endpoint: `huntaze-postgres-production-encrypted.${rdsDomain}`,
    evidence: [
      audited('name, status, endpoint, encrypted'),
      evidence('rdsMigration', 'listed', 'encrypted, restored from a copied snapshot, not public'),
      evidence(
        'rdsMigration',
        'inferred',
        "class, groups and zone are the source instance's, which the migration script copies; backups, Performance Insights and log exports are not documented and assumed equal",
      ),
    ],
  },
];

/** The Redis node. */
export interface CacheRow extends Row {
  readonly nodeType: string;
  readonly engineVersion: string;
  readonly nodes: number;
  readonly availabilityZone: string;
  readonly port: number;
  readonly subnetGroup: string;
  /** Zones whose default subnets form the subnet group. */
  readonly subnetZones: readonly string[];
  readonly parameterGroup: string;
  readonly snapshotRetentionDays: number;
  readonly snapshotWindow: string;
  readonly maintenanceWindow: string;
}

/** Audit section 2: Redis. */
export const cache: CacheRow = {
  name: 'huntaze-redis-production',
  owner: 'scripts or console',
  nodeType: 'cache.t3.micro',
  engineVersion: '7.1',
  nodes: 1,
  availabilityZone: 'us-east-1f',
  port: 6379,
  subnetGroup: 'huntaze-cache-subnet-production',
  subnetZones: ['us-east-1f', 'us-east-1e'],
  parameterGroup: 'default.redis7',
  snapshotRetentionDays: 0,
  snapshotWindow: '09:30-10:30',
  maintenanceWindow: 'sun:08:00-sun:09:00',
  evidence: [
    audited('name, type, status'),
    evidence('costListing', 'listed', 'settings; encryption at rest and in transit and AUTH are off'),
    evidence('cacheGuide', 'listed', 'subnets'),
    evidence('readiness', 'listed', 'a page reports an encrypted twin; no listing shows one'),
  ],
};
