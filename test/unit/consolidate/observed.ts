import type { Table } from '../../../lib/consolidate/database/catalogue';
import type { InstanceFacts } from '../../../lib/consolidate/ports';
import { replicationParameters } from '../../../lib/consolidate/survey';
import type { Observed } from '../../../lib/consolidate/survey/observe';
import type { SurveyInput } from '../../../lib/consolidate/survey/rule';
import { replicationParameters as deployed } from '../../../lib/estate/consolidation';

export const table = (changes: Partial<Table> = {}): Table => ({
  schema: 'app',
  name: 'orders',
  sql: '"app"."orders"',
  label: 'app.orders',
  owner: 'huntaze_app',
  kind: 'table',
  unlogged: false,
  rowSecurity: 'off',
  replicaIdentity: 'default',
  columns: [{ name: 'id', type: 'bigint', notNull: true, generated: false, identity: false, comparable: true }],
  key: ['id'],
  estimatedRows: 1000,
  ...changes,
});

/** A server on which nothing is to find. */
export const observed = (changes: Partial<Observed> = {}): Observed => ({
  user: 'master',
  versionNumber: 170_004,
  inRecovery: false,
  databaseBytes: 2 ** 30,
  encoding: 'UTF8',
  collation: 'b C.UTF-8',
  collationVersions: ['1', '1'],
  settings: {
    wal_level: { value: 'logical', settable: false },
    ...Object.fromEntries(
      Object.entries(deployed).map(([name, value]) => [name, { value: String(value), settable: false }]),
    ),
    log_statement: { value: 'none', settable: false },
    log_min_duration_statement: { value: '-1', settable: false },
    log_parameter_max_length: { value: '-1', settable: false },
  },
  rights: {
    createRole: true,
    replication: true,
    createSubscription: true,
    createInDatabase: true,
    signal: true,
    skipTriggers: true,
  },
  foreignOwners: [],
  tables: [table()],
  schema: [{ object: 'table app.orders', definition: 'as it is' }],
  extensions: { citext: '1.6' },
  roles: [{ name: 'master', login: true, bypassRls: false, memberOf: [] }],
  largeObjects: 0,
  materializedViews: [],
  foreignTables: [],
  preparedTransactions: [],
  longTransactions: [],
  alwaysTriggers: [],
  eventTriggers: [],
  foreignKeys: [],
  slots: [],
  publications: [],
  subscriptions: [],
  connections: [],
  ...changes,
});

export const instance = (changes: Partial<InstanceFacts> = {}): InstanceFacts => ({
  identifier: 'plain',
  account: '317805897534',
  region: 'us-east-1',
  status: 'available',
  engineVersion: '17.4',
  encrypted: false,
  host: 'plain.example',
  port: 5432,
  publiclyAccessible: false,
  deletionProtection: true,
  parameterGroup: 'own',
  parameterApplyStatus: 'in-sync',
  pendingChanges: [],
  backupRetentionDays: 7,
  allocatedBytes: 20 * 2 ** 30,
  freeBytes: 15 * 2 ** 30,
  securityGroupIds: [],
  ...changes,
});

export const surveyInput = (changes: {
  readonly source?: Partial<Observed>;
  readonly target?: Partial<Observed>;
  readonly sourceInstance?: Partial<InstanceFacts>;
  readonly targetInstance?: Partial<InstanceFacts>;
  readonly clients?: SurveyInput['clients'];
}): SurveyInput => ({
  source: observed(changes.source),
  target: observed(changes.target),
  instances: {
    source: instance(changes.sourceInstance),
    target: instance({
      identifier: 'encrypted',
      encrypted: true,
      host: 'encrypted.example',
      ...changes.targetInstance,
    }),
  },
  clients: changes.clients ?? [],
  parameters: replicationParameters,
  applicationRoles: ['huntaze_app'],
});
