import { estateRows } from '../../../lib/estate';
import { clusters, repositories, services, tasks } from '../../../lib/estate/compute';
import { databases } from '../../../lib/estate/databases';
import { confidenceOf, documents, evidence, owners, proposed } from '../../../lib/estate/evidence';
import { consumerOf, functions, modelledFunctions } from '../../../lib/estate/functions';
import { queueNames, queues, standaloneDeadLetterQueues } from '../../../lib/estate/messaging';
import { resolveSettings } from '../../../lib/estate/settings';
import { buckets, foreignBuckets, foreignOwners } from '../../../lib/estate/storage';
import { requiredParameterName, requiredParameters, rules, secrets, tables } from '../../../lib/estate/support';
import { unmodelled } from '../../../lib/estate/unmodelled';
import { settingsFiles } from '../../../settings';

test('counts of the decisions', () => {
  expect({
    clusters: clusters.length,
    databases: databases.length,
    buckets: buckets.length,
    foreignBuckets: foreignBuckets.length,
    queues: queueNames.length,
    pairs: queues.length,
    standalone: standaloneDeadLetterQueues.length,
    functions: functions.length,
    modelledFunctions: modelledFunctions.length,
  }).toEqual({
    clusters: 3,
    databases: 2,
    buckets: 9,
    foreignBuckets: 5,
    queues: 31,
    pairs: 13,
    standalone: 5,
    functions: 16,
    modelledFunctions: 15,
  });
});

describe('evidence', () => {
  const rows = [
    ...Object.values(estateRows.others).flat(),
    ...queues,
    ...queues.map(({ deadLetterQueue }) => deadLetterQueue),
    ...standaloneDeadLetterQueues,
    ...buckets,
    ...foreignBuckets,
    ...functions,
    ...tables,
    ...rules,
    ...secrets,
    ...unmodelled,
  ];

  test.each(rows.map((row) => [row.name, row] as const))('%s has a document and a date', (_name, row) => {
    expect(row.evidence.length).toBeGreaterThan(0);
    for (const { document, date } of row.evidence) {
      expect(documents).toHaveProperty(document);
      expect(date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }
  });

  test.each([
    ['audited', [proposed(), evidence('audit', 'audited'), evidence('costListing', 'listed')]],
    ['listed', [evidence('coreQueuesTemplate', 'inferred'), evidence('costListing', 'listed')]],
    ['inferred', [proposed(), evidence('coreQueuesTemplate', 'inferred')]],
    ['proposed', [proposed()]],
    ['proposed', []],
  ] as const)('the strongest is %s', (expected, items) => {
    expect(confidenceOf({ evidence: items })).toBe(expected);
  });
});

describe('references between rows', () => {
  test('every service runs a task on a cluster, in zones that have a subnet', () => {
    const { network } = resolveSettings(settingsFiles);
    for (const service of services) {
      expect(clusters.map(({ name }) => name)).toContain(service.cluster);
      expect(tasks.map(({ key }) => key)).toContain(service.task);
      for (const zone of service.zones) expect(network.defaultSubnets).toHaveProperty(zone);
    }
  });

  test('every task runs an image of a repository on a cluster', () => {
    for (const task of tasks) {
      expect(repositories.map(({ name }) => name)).toContain(task.repository);
      expect(clusters.map(({ name }) => name)).toContain(task.cluster);
    }
  });

  test('every deploy-time parameter that a variable names is required', () => {
    const named = [...tasks, ...modelledFunctions].flatMap((row) =>
      Object.values(row.variables).flatMap((source) => (source.from === 'parameter' ? [source.parameter] : [])),
    );
    expect(named.length).toBeGreaterThan(0);
    for (const key of named) expect(requiredParameterName(key)).toBe(`/huntaze/settings/${key}`);
  });

  test('a parameter without a row is refused', () => {
    expect(() => requiredParameterName('unknown/key')).toThrow(
      'Deploy-time parameter is not in requiredParameters, got: unknown/key. Add a row to lib/estate/support.ts.',
    );
  });

  test('every queue URL that a function has is of a queue that it may write', () => {
    for (const row of modelledFunctions) {
      const urls = Object.values(row.variables).flatMap((source) =>
        source.from === 'queue-url' ? [source.queue] : [],
      );
      const writable = row.permissions.flatMap((permission) =>
        permission.on === 'queue' && permission.actions.includes('sqs:SendMessage') ? [permission.name] : [],
      );
      expect(urls.filter((queue) => !writable.includes(queue))).toEqual([]);
    }
  });

  test('no secret value is a literal: names of variables that say so take secrets or names of secrets', () => {
    for (const row of tasks) {
      const suspicious = Object.entries(row.variables).filter(
        ([name, source]) => /(KEY|PASSWORD|TOKEN|DATABASE_URL)$/.test(name) && source.from === 'literal',
      );
      expect(suspicious).toEqual([]);
    }
  });

  test('a queue has one consumer at most', () => {
    const consumed = functions.flatMap((row) => (row.status === 'inventory-only' ? [] : (row.consumes?.queue ?? [])));
    expect(new Set(consumed).size).toBe(consumed.length);
    expect(consumerOf('huntaze-rate-limiter-queue')?.name).toBe('huntaze-rate-limiter');
    expect(consumerOf('huntaze-analytics')).toBeUndefined();
  });

  test('every foreign owner is known, and says what must be released first', () => {
    expect(foreignOwners).toHaveLength(4);
    for (const row of foreignBuckets) {
      expect(owners).toHaveProperty([row.owner]);
      expect(row.release.length).toBeGreaterThan(20);
    }
  });

  test('every required parameter is read by one stack', () => {
    expect(new Set(requiredParameters.map(({ key }) => key)).size).toBe(requiredParameters.length);
  });

  test('every table of undecided key has one in the settings', () => {
    const { tableKeys } = resolveSettings(settingsFiles);
    const undecided = tables.filter(({ key }) => key === 'settings').map(({ name }) => name);
    expect(Object.keys(tableKeys).sort()).toEqual([...undecided].sort());
  });
});
