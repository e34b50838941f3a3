import { standing } from '../../../lib/consolidate/findings';
import { findingsOf, surveyRules } from '../../../lib/consolidate/survey';
import { replicationParameters as deployed } from '../../../lib/estate/consolidation';
import { observed, surveyInput, table } from './observed';

const setting = (value: string, settable = false) => ({ value, settable });
const withSettings = (settings: Record<string, { value: string; settable: boolean }>) => ({
  settings: { ...observed().settings, ...settings },
});
const opaque = { name: 'doc', type: 'json', notNull: false, generated: false, identity: false, comparable: false };
const on = (rule: string, input: Parameters<typeof surveyInput>[0]) =>
  findingsOf(surveyInput(input))
    .filter(({ id }) => id === rule || id.startsWith(`${rule}:`))
    .map(({ id, gravity }) => `${gravity} ${id}`);

test('two servers with nothing to find: one decision that nobody can read away', () => {
  expect(findingsOf(surveyInput({})).map(({ id }) => id)).toEqual(['roles:passwords']);
});

const cases: readonly [
  rule: string,
  what: string,
  input: Parameters<typeof surveyInput>[0],
  findings: readonly string[],
][] = [
  ['encryption', 'a plain target', { targetInstance: { encrypted: false } }, ['blocks encryption:target']],
  ['encryption', 'an encrypted source', { sourceInstance: { encrypted: true } }, ['blocks encryption:source']],
  ['version', 'too old', { source: { versionNumber: 150_004 } }, ['blocks version']],
  ['version', 'another major', { target: { versionNumber: 180_001 } }, ['blocks version']],
  ['version', 'another minor', { target: { versionNumber: 170_009 } }, ['decision version']],
  ['recovery', 'a replica', { target: { inRecovery: true } }, ['blocks recovery:target']],
  ['encoding', 'another', { target: { encoding: 'LATIN1' } }, ['blocks encoding']],
  ['collation', 'another', { target: { collation: 'c de_DE' } }, ['decision collation']],
  [
    'collation-version',
    'a newer library',
    { source: { collationVersions: ['1', '2'] } },
    ['decision collation-version:source'],
  ],
  ['extensions', 'missing', { target: { extensions: {} } }, ['blocks extensions:citext']],
  ['extensions', 'older', { target: { extensions: { citext: '1.5' } } }, ['decision extensions:citext']],
  [
    'scheduled-jobs',
    'pg_cron',
    { source: { extensions: { citext: '1.6', pg_cron: '1.6' } } },
    ['decision scheduled-jobs'],
  ],
  [
    'rights',
    'none to replicate',
    { source: { rights: { ...observed().rights, replication: false } } },
    ['blocks rights:source:replication'],
  ],
  [
    'rights',
    'a stranger owns tables',
    { target: { foreignOwners: ['stranger'] } },
    ['blocks rights:target:owner:stranger'],
  ],
  [
    'roles',
    'missing on the target',
    { source: { roles: [...observed().roles, { name: 'report', login: true, bypassRls: false, memberOf: [] }] } },
    ['blocks roles:report', 'decision roles:passwords'],
  ],
  [
    'parameters',
    'no logical decoding',
    { source: withSettings({ wal_level: setting('replica') }) },
    ['decision parameters:source'],
  ],
  [
    'parameters',
    'too few slots',
    { target: withSettings({ max_replication_slots: setting('4') }) },
    ['decision parameters:target'],
  ],
  [
    'slot-bound',
    'a bound',
    { source: withSettings({ max_slot_wal_keep_size: setting('64') }) },
    ['decision slot-bound:source'],
  ],
  [
    'slot-bound',
    'the one that the stacks deploy',
    { source: withSettings({ max_slot_wal_keep_size: setting(String(deployed.max_slot_wal_keep_size)) }) },
    [],
  ],
  [
    'statement-logging',
    'all statements',
    { target: withSettings({ log_statement: setting('all') }) },
    ['blocks statement-logging:target:log_statement'],
  ],
  [
    'statement-logging',
    'all, but the session may silence it',
    { target: withSettings({ log_statement: setting('all', true) }) },
    [],
  ],
  [
    'statement-logging',
    'all, without their parameters',
    { target: withSettings({ log_statement: setting('all'), log_parameter_max_length: setting('0') }) },
    [],
  ],
  [
    'statement-logging',
    'DDL alone, which holds no password',
    { target: withSettings({ log_statement: setting('ddl') }) },
    [],
  ],
  [
    'statement-logging',
    'slow ones',
    { source: withSettings({ log_min_duration_statement: setting('250') }) },
    ['blocks statement-logging:source:log_min_duration_statement'],
  ],
  [
    'statement-logging',
    'pgaudit',
    { target: withSettings({ 'pgaudit.log': setting('write, ddl') }) },
    ['blocks statement-logging:target:pgaudit.log'],
  ],
  [
    'prepared-transactions',
    'one',
    { source: { preparedTransactions: [{ gid: 'x', seconds: 9 }] } },
    ['blocks prepared-transactions:source:x'],
  ],
  [
    'long-transactions',
    'one',
    { source: { longTransactions: [{ text: 'pid 7 of app (), idle', seconds: 900 }] } },
    ['blocks long-transactions:source:7'],
  ],
  [
    'free-storage',
    'too little',
    { targetInstance: { freeBytes: 2 ** 20 }, source: { databaseBytes: 2 ** 31 } },
    ['blocks free-storage'],
  ],
  ['free-storage', 'not known', { targetInstance: { freeBytes: undefined } }, ['decision free-storage']],
  [
    'leftovers',
    "an earlier run's slot",
    { source: { slots: ['consolidation_forward'] } },
    ['blocks leftovers:source:consolidation_forward'],
  ],
  ['leftovers', "somebody else's slot", { source: { slots: ['dms'] } }, ['decision leftovers:source:dms']],
  [
    'clients',
    'one outside',
    { clients: [{ client: 'amplify', reachesTarget: 'no', reason: 'not in the VPC' }] },
    ['blocks clients:amplify'],
  ],
  [
    'clients',
    'one unknown',
    { clients: [{ client: 'x', reachesTarget: 'unknown', reason: 'not described' }] },
    ['decision clients:x'],
  ],
  [
    'connections',
    'known and unknown',
    {
      source: {
        connections: [
          { user: 'huntaze_app', application: 'a', address: '10.0.0.1', count: 2 },
          { user: 'bi', application: 'b', address: '10.0.0.2', count: 1 },
        ],
      },
    },
    ['decision connections:bi@10.0.0.2', 'handled connections:huntaze_app@10.0.0.1'],
  ],
  [
    'no-key',
    'a unique index',
    { source: { tables: [table({ keyIndex: 'orders_code' })] } },
    ['handled no-key:app.orders'],
  ],
  ['no-key', 'none', { source: { tables: [table({ key: [] })] } }, ['handled no-key:app.orders']],
  [
    'no-key',
    'none, with json',
    { source: { tables: [table({ key: [], columns: [opaque] })] } },
    ['blocks no-key:app.orders'],
  ],
  [
    'no-key',
    'a primary key, with json',
    { source: { tables: [table({ columns: [...table().columns, opaque] })] } },
    [],
  ],
  ['unlogged', 'one', { source: { tables: [table({ unlogged: true })] } }, ['decision unlogged:app.orders']],
  ['large-objects', 'some', { source: { largeObjects: 3 } }, ['blocks large-objects']],
  ['materialized-views', 'one', { source: { materializedViews: ['app.totals'] } }, ['handled materialized-views']],
  ['foreign-tables', 'one', { source: { foreignTables: ['app.far'] } }, ['decision foreign-tables']],
  [
    'generated-columns',
    'one',
    { source: { tables: [table({ columns: [{ ...opaque, comparable: true, generated: true }] })] } },
    ['handled generated-columns'],
  ],
  [
    'identity-columns',
    'one',
    { source: { tables: [table({ columns: [{ ...opaque, comparable: true, identity: true }] })] } },
    ['handled identity-columns'],
  ],
  ['partitions', 'one', { source: { tables: [table({ kind: 'partitioned' })] } }, ['handled partitions']],
  [
    'row-security',
    'on, and hidden from the leg',
    { source: { tables: [table({ rowSecurity: 'on' })] } },
    ['blocks row-security:app.orders'],
  ],
  [
    'row-security',
    'on, and seen through',
    {
      source: {
        tables: [table({ rowSecurity: 'on' })],
        roles: [{ name: 'master', login: true, bypassRls: true, memberOf: [] }],
      },
      target: { roles: [{ name: 'master', login: true, bypassRls: true, memberOf: [] }] },
    },
    ['handled row-security:app.orders'],
  ],
  [
    'row-security',
    'forced',
    { target: { tables: [table({ rowSecurity: 'forced' })] } },
    ['blocks row-security:app.orders'],
  ],
  [
    'always-triggers',
    'one',
    { target: { alwaysTriggers: ['log on app.orders (always)'] } },
    ['decision always-triggers:log on app.orders'],
  ],
  ['event-triggers', 'one', { target: { eventTriggers: ['guard'] } }, ['decision event-triggers']],
  ['schema', 'a table missing', { target: { schema: [] } }, ['blocks schema:table app.orders']],
  [
    'schema',
    'a function otherwise',
    { source: { schema: [...observed().schema, { object: 'function app.f()', definition: 'a' }] } },
    ['decision schema:function app.f()'],
  ],
  [
    'schema',
    'only on the target',
    { target: { schema: [...observed().schema, { object: 'table app.old', definition: 'a' }] } },
    ['decision schema:table app.old'],
  ],
  [
    'target-references',
    'a foreign key',
    { target: { foreignKeys: [{ from: 'app.old', to: 'app.orders' }] } },
    ['blocks target-references:app.old'],
  ],
];

test.each(cases)('%s: %s', (rule, _, input, findings) => {
  expect(on(rule, input)).toEqual(findings);
});

test('every rule has a case', () => {
  const covered = new Set(cases.map(([rule]) => rule));
  expect(surveyRules.map(({ id }) => id).filter((id) => !covered.has(id))).toEqual([]);
});

test('what blocks cannot be accepted, a decision can', () => {
  const findings = findingsOf(surveyInput({ source: { largeObjects: 3 } }));
  expect(standing(findings, ['large-objects', 'roles:passwords']).map(({ id }) => id)).toEqual(['large-objects']);
});
