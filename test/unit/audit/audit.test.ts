import { auditAccount, isClean } from '../../../lib/audit/audit';
import { auditClients } from '../../../lib/audit/clients';
import type { Exemption, Expectation, Properties, Section } from '../../../lib/audit/model';
import { resolveSettings } from '../../../lib/estate/settings';
import { settingsFiles } from '../../../settings';

const settings = resolveSettings(settingsFiles);
const clients = auditClients({ region: 'us-east-1' });

/** A section over a pretended account, so that only the audit itself is under test. */
const section = (expected: readonly Expectation[], live: Readonly<Record<string, Properties>>): Section => ({
  id: 'queues',
  part: 'audit',
  nameHeading: 'name',
  columns: [],
  expected: () => expected,
  read: async (_clients, name) => live[name],
  list: async () => Object.keys(live),
  alsoKnown: () => ['jobs-dlq'],
});

const jobs: Expectation = { kind: 'modelled', name: 'jobs', label: '', properties: { fifo: false } };
const later: Expectation = { kind: 'pending', name: 'later', label: '', reason: 'its code comes with part 2' };

const verdicts = async (expected: readonly Expectation[], live: Readonly<Record<string, Properties>>) => {
  const report = await auditAccount({ settings, clients, sections: [section(expected, live)] });
  return report.sections[0]?.rows.map(({ name, verdict }) => [name, verdict]);
};

describe('auditAccount', () => {
  test('minimal: no section', async () => {
    const report = await auditAccount({ settings, clients, sections: [] });
    expect(report).toMatchObject({ schemaVersion: 1, account: '317805897534', posture: 'hardened', sections: [] });
    expect(isClean(report)).toBe(true);
  });

  test.each<[string, Expectation[], Record<string, Properties>, [string, string][]]>([
    ['a match', [jobs], { jobs: { fifo: false } }, [['jobs', 'matched']]],
    ['a wrong property', [jobs], { jobs: { fifo: true } }, [['jobs', 'mismatch']]],
    ['a missing resource', [jobs], {}, [['jobs', 'missing']]],
    [
      'a stranger',
      [jobs],
      { jobs: { fifo: false }, stranger: {} },
      [
        ['jobs', 'matched'],
        ['stranger', 'unexpected'],
      ],
    ],
    ['a name that is explained otherwise', [jobs], { jobs: { fifo: false }, 'jobs-dlq': {} }, [['jobs', 'matched']]],
    ['a name of the unmodelled list', [], { 'publisher-twitter-production': {} }, []],
    ['a pending row that exists', [later], { later: {} }, [['later', 'pending']]],
  ])('%s', async (_title, expected, live, result) => {
    expect(await verdicts(expected, live)).toEqual(result);
  });

  test('counts every verdict, and is not clean', async () => {
    const report = await auditAccount({
      settings,
      clients,
      sections: [section([jobs, later, { ...jobs, name: 'gone' }], { jobs: { fifo: true }, stranger: {} })],
    });
    expect(report.summary.audit).toEqual({
      rows: 4,
      matched: 0,
      mismatch: 1,
      missing: 1,
      unexpected: 1,
      pending: 1,
      'not modelled': 0,
    });
    expect(isClean(report)).toBe(false);
  });

  test('an exemption that nothing needs is told, and not clean', async () => {
    const exemption: Exemption = { section: 'queues', property: 'fifo', reason: 'said to be lost' };
    const sections = [section([jobs], { jobs: { fifo: false } })];
    const report = await auditAccount({ settings, clients, sections, exemptions: [exemption] });
    expect(report.unusedExemptions).toEqual([exemption]);
    expect(isClean(report)).toBe(false);
  });

  test('a read that is denied stops the audit instead of looking like absence', async () => {
    const denied = { ...section([jobs], {}), read: () => Promise.reject(new Error('AccessDenied')) };
    await expect(auditAccount({ settings, clients, sections: [denied] })).rejects.toThrow('AccessDenied');
  });
});
