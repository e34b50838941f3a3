import type { AuditReport } from '../../../lib/audit';
import { alarmsOf } from '../../../lib/estate/alarms';
import { functions } from '../../../lib/estate/functions';
import { resolveSettings } from '../../../lib/estate/settings';
import { estateMap, postureDifferences } from '../../../lib/report/estate-map';
import { renderHtml } from '../../../lib/report/html';
import { readBackOf } from '../../../lib/report/read-back';
import { settingsFiles } from '../../../settings';

const settings = resolveSettings(settingsFiles);
const map = estateMap({ settings });
const resources = map.clouds.flatMap(({ rooms }) => rooms).flatMap((room) => room.resources);
const find = (id: string) => {
  const resource = resources.find((candidate) => candidate.id === id);
  if (resource === undefined) throw new Error(`No resource of that id, got: ${id}.`);
  return resource;
};

const readBack = (name: string, verdict: 'matched' | 'mismatch'): AuditReport =>
  ({
    schemaVersion: 1,
    account: settings.account,
    sections: [
      {
        id: 'clusters',
        part: 'audit',
        rows: [
          {
            name,
            label: '',
            verdict,
            differences: [{ property: 'insights', expected: 'enabled', actual: 'disabled' }],
            exempt: [],
          },
        ],
      },
    ],
  }) as unknown as AuditReport;

describe('estate map', () => {
  test.each([
    ['clusters', 3],
    ['databases', 2],
    ['buckets', 14],
    ['functions', functions.length],
    ['queues', 18],
    ['distribution', 1],
  ])('room %s has %i resources', (id, count) => {
    const room = map.clouds[0]?.rooms.find((candidate) => candidate.id === id);
    expect(room?.resources).toHaveLength(count);
  });

  test('each resource has evidence, an owner and an id of its own', () => {
    expect(resources.filter(({ evidence, owner }) => evidence.length === 0 || owner === '')).toEqual([]);
    expect(new Set(resources.map(({ id }) => id)).size).toBe(resources.length);
  });

  test('an alarm of a row stands at the row', () => {
    const shown = new Set(resources.flatMap(({ alarms }) => alarms).map(({ name }) => name));
    const subjects = new Set([
      'database',
      'cache',
      'function',
      'queue',
      'dead-letter queue',
      'service',
      'rule',
      'table',
    ]);
    const lost = alarmsOf(settings).filter(({ name, subject }) => subjects.has(subject.kind) && !shown.has(name));
    expect(lost.map(({ name }) => name)).toEqual([]);
  });

  test('a queue shows what hardening changes, its dead-letter queue included', () => {
    expect(find('queues/huntaze-analytics').postureDifferences.map(({ property }) => property)).toEqual(
      expect.arrayContaining(['tlsOnly', 'deadLetterQueue.tlsOnly']),
    );
  });

  test('a read-back stands at its row, and is counted', () => {
    const read = estateMap({ settings, audit: readBack('ai-team', 'mismatch') });
    const cluster = read.clouds[0]?.rooms[0]?.resources.find(({ name }) => name === 'ai-team');
    expect(cluster?.readBack).toMatchObject({ verdict: 'mismatch', differences: [{ property: 'insights' }] });
    expect(read.readBack).toEqual({ mismatch: 1 });
    expect(map.readBack).toBeUndefined();
  });

  test('cost and import identifier come from whoever knows them', () => {
    const priced = estateMap({
      settings,
      monthlyUsdOf: (_, section) => (section === 'cache' ? 12.41 : undefined),
      importIdentifierOf: (_, __, name) => (name === 'huntaze-redis-production' ? name : undefined),
    });
    const cache = priced.clouds[0]?.rooms.find(({ id }) => id === 'cache')?.resources[0];
    expect(cache).toMatchObject({ monthlyUsd: 12.41, importIdentifier: 'huntaze-redis-production' });
  });
});

describe('posture differences', () => {
  test.each([
    ['equal', { a: [1] }, { a: [1] }, []],
    ['changed', { a: 1 }, { a: 2 }, ['a']],
    ['only hardened', {}, { a: 1 }, ['a']],
    ['only audited', { a: 1 }, {}, ['a']],
  ])('%s', (_, audited, hardened, expected) => {
    expect(postureDifferences(audited, hardened).map(({ property }) => property)).toEqual(expected);
  });
});

describe('page', () => {
  const html = renderHtml(map);

  test('two runs are byte-equal', () => {
    expect(renderHtml(estateMap({ settings }))).toBe(html);
  });

  test('names no other file: no src, no stylesheet, no address that it would load', () => {
    expect(html).not.toMatch(/<(img|link|iframe|object)\b|\ssrc=|@import|url\(/);
  });

  test('hostile text stays text', () => {
    const hostile = '</script><img src=x onerror=alert(1)>"\'&';
    const page = renderHtml(estateMap({ settings, audit: readBack(hostile, 'mismatch') }));
    expect(page).not.toContain('<img');
    const named = renderHtml({ ...map, leftOut: [{ name: hostile, reason: hostile, evidence: [] }] });
    expect(named).not.toContain('<img');
    expect(named).toContain('&lt;img');
  });
});

describe('read-back file', () => {
  const report = readBack('ai-team', 'matched');

  test.each([
    ['of a rehearsal', { audit: report, traffic: [] }],
    ['of an account', report],
  ])('%s', (_, json) => {
    expect(readBackOf('x.json', JSON.stringify(json)).sections).toHaveLength(1);
  });

  test.each([['not JSON'], ['{}'], ['{"audit":{"schemaVersion":2}}']])('refuses %s', (text) => {
    expect(() => readBackOf('x.json', text)).toThrow('is no report of estate rehearse or estate audit, got: x.json');
  });
});
