import { sections } from '../../../lib/audit/sections';
import { auditClaims as claims, explainedDifferences } from '../../../lib/estate/audit-claims';
import { modelDeployments } from '../../../lib/estate/azure';
import { azureEndpoint } from '../../../lib/estate/azure-settings';
import { clusters, services } from '../../../lib/estate/compute';
import { cache, databases } from '../../../lib/estate/databases';
import { distribution } from '../../../lib/estate/edge';
import { type Evidence, evidence } from '../../../lib/estate/evidence';
import { functions } from '../../../lib/estate/functions';
import { queueNames, queues } from '../../../lib/estate/messaging';
import { resolveSettings } from '../../../lib/estate/settings';
import { buckets, foreignBuckets } from '../../../lib/estate/storage';
import { unmodelled } from '../../../lib/estate/unmodelled';
import { settingsFiles } from '../../../settings';

const settings = resolveSettings(settingsFiles);
const allBuckets = [...buckets, ...foreignBuckets];

/** Every statement of the audit that the inventory does not repeat word for word, found by comparing. */
function differences(): string[] {
  return claims.functions.named
    .filter(({ runtime }) => runtime !== settings.runtime)
    .map(({ name }) => `${name}.runtime`);
}

/** What the audit says of the whole, and where the inventory says otherwise. */
const structural = {
  'queues.dead-letter': () =>
    queues.some((row) => row.evidence.some(({ note }) => note?.includes('its template has no redrive policy'))),
  'clusters.main-application': () =>
    unmodelled.some(({ name }) => name === 'the main application as an ECS service') &&
    services.every(({ name }) => name !== 'main'),
};

const isAudited = (items: readonly Evidence[]) =>
  items.some(({ document, confidence }) => document === 'audit' && confidence === 'audited');

describe('the settings file', () => {
  test('is of the audited account and region', () => {
    expect({ account: settings.account, region: settings.region }).toEqual({
      account: claims.account,
      region: claims.region,
    });
  });
});

describe('section 1, clusters', () => {
  test('are the three of the audit, no more', () => {
    expect(clusters.map(({ name }) => name).sort()).toEqual([...claims.clusters].sort());
  });
});

describe('section 2, databases and cache', () => {
  test('are the two instances at their endpoints', () => {
    expect(databases.map(({ name, endpoint }) => ({ name, endpoint }))).toEqual(
      claims.databases.map(({ name, endpoint }) => ({ name, endpoint })),
    );
  });

  test('one of the two is encrypted', () => {
    expect(databases.filter(({ encrypted }) => encrypted).map(({ name }) => name)).toEqual([
      'huntaze-postgres-production-encrypted',
    ]);
  });

  test('Redis by name and type', () => {
    expect({ name: cache.name, type: cache.nodeType }).toEqual({ name: claims.cache.name, type: claims.cache.type });
  });
});

describe('section 3, buckets', () => {
  test('are fourteen', () => {
    expect(new Set(allBuckets.map(({ name }) => name)).size).toBe(claims.buckets.total);
  });

  test.each(claims.buckets.named)('$name', ({ name, exact }) => {
    const found = buckets.filter((row) => (exact ? row.name === name : row.name.startsWith(name)));
    expect(found).toHaveLength(1);
  });

  test('every bucket says that the audit counts it', () => {
    expect(allBuckets.filter((row) => !isAudited(row.evidence))).toEqual([]);
  });
});

describe('section 4, functions', () => {
  test('are at least as many as the audit counts', () => {
    expect(functions.length).toBeGreaterThanOrEqual(claims.functions.atLeast);
  });

  test.each(claims.functions.named)('$name was on $runtime', ({ name, runtime }) => {
    expect(functions.find((row) => row.name === name)).toMatchObject({ auditedRuntime: runtime });
  });

  test('every function that the audit names says so', () => {
    const named: readonly string[] = claims.functions.named.map(({ name }) => name);
    expect(functions.filter((row) => isAudited(row.evidence)).map(({ name }) => name)).toEqual(named);
  });
});

describe('section 5, queues', () => {
  test('are at least as many as the audit counts', () => {
    expect(queueNames.length).toBeGreaterThanOrEqual(claims.queues.atLeast);
  });

  test.each(claims.queues.named)('%s has a row with a dead-letter queue', (name) => {
    const row = queues.find((candidate) => candidate.name === name);
    expect(row && isAudited(row.evidence)).toBe(true);
    expect(row?.deadLetterQueue.name).toMatch(/dlq/i);
  });
});

describe('section 6, distribution', () => {
  test('by id and domain', () => {
    expect({ id: distribution.name, domain: distribution.domain }).toEqual({
      id: claims.distribution.id,
      domain: claims.distribution.domain,
    });
  });
});

describe('section 10, Azure', () => {
  test('endpoint and both models', () => {
    expect(azureEndpoint(settings.azure)).toBe(`https://${claims.azure.endpoint}/`);
    expect(modelDeployments.premium.model).toBe(claims.azure.premium);
    expect(modelDeployments.standard.model).toBe(claims.azure.standard);
  });
});

test('the read-back expects the status that the audit states', () => {
  const statuses = new Map(
    sections.flatMap((section) =>
      section
        .expected(settings)
        .map((row) => [row.name, row.kind === 'modelled' ? row.properties.status : undefined] as const),
    ),
  );
  for (const { name, status } of [...claims.databases, claims.cache]) expect(statuses.get(name)).toBe(status);
  expect(statuses.get(claims.distribution.id)).toBe(claims.distribution.status);
});

describe('differences from the audit', () => {
  test('each one is explained', () => {
    expect(differences().filter((key) => !(key in explainedDifferences))).toEqual([]);
  });

  test('each explanation explains one that is there', () => {
    const real = [...differences(), ...Object.entries(structural).flatMap(([key, holds]) => (holds() ? [key] : []))];
    expect(Object.keys(explainedDifferences).sort()).toEqual(real.sort());
  });
});

test('evidence of the audit has its date', () => {
  expect(evidence('audit', 'audited').date).toBe('2025-12-01');
});
