import type { LegFacts } from '../../../lib/consolidate/database/legs';
import { bothOpen, type Facts, position } from '../../../lib/consolidate/facts';
import type { PhaseId } from '../../../lib/consolidate/phases';
import type { RunState } from '../../../lib/consolidate/state';
import { newState } from './aws/state';

const runId = 'c-20261124-120000-abcd';
const noLeg: LegFacts = {
  ...{ role: false, publication: false, published: 0, slot: false, slotActive: false },
  ...{ subscription: false, enabled: false, workers: 0, relations: 0, ready: 0, applyErrors: 0, syncErrors: 0 },
};
const following: LegFacts = {
  ...noLeg,
  ...{ role: true, publication: true, slot: true, slotActive: true, subscription: true, enabled: true },
  ...{ workers: 1, relations: 3, ready: 3, published: 2 },
};
const at = '2026-11-24T12:00:00.000Z';

const facts = (changes: {
  readonly source?: Partial<Facts['source']> & { facts?: object };
  readonly target?: Partial<Facts['target']> & { facts?: object };
  readonly forward?: LegFacts;
  readonly reverse?: LegFacts;
}): Facts => {
  const side = (name: 'source' | 'target') => {
    const { facts: own, ...rest } = changes[name] ?? {};
    return {
      fence: 'open' as const,
      unfenced: [],
      ...(own && { control: { runId, side: name, epoch: 1, facts: own } }),
      ...rest,
    };
  };
  return {
    source: side('source'),
    target: side('target'),
    forward: changes.forward ?? noLeg,
    reverse: changes.reverse ?? noLeg,
  };
};

const state = (...finished: PhaseId[]): RunState =>
  newState({
    runId,
    phases: Object.fromEntries(finished.map((id) => [id, { startedAt: at, finishedAt: at, attempts: 1 }])),
  });

const closed = 'closed' as const;
const emptied = { resetAt: at, quarantinedAt: at };

test.each<[what: string, facts: Facts, state: RunState, expected: PhaseId | undefined]>([
  ['nothing has begun', facts({}), state(), undefined],
  ['the survey is known by the state alone', facts({}), state('survey'), 'survey'],
  ['control schemas on both', facts({ source: { facts: {} }, target: { facts: {} } }), state(), 'prepare'],
  ['control on one side is not enough', facts({ source: { facts: {} } }), state('survey'), 'survey'],
  [
    'the target is closed',
    facts({ source: { facts: {} }, target: { facts: {}, fence: closed } }),
    state(),
    'close-target',
  ],
  [
    'a table without fence reopens the target',
    facts({ source: { facts: {} }, target: { facts: {}, fence: 'part' } }),
    state('survey', 'prepare', 'close-target'),
    'prepare',
  ],
  ['emptied', facts({ source: { facts: {} }, target: { facts: emptied, fence: closed } }), state(), 'reset'],
  [
    'the leg follows',
    facts({ source: { facts: {} }, target: { facts: emptied, fence: closed }, forward: following }),
    state(),
    'replicate',
  ],
  [
    'a leg that still copies is not there yet',
    facts({ source: { facts: {} }, target: { facts: emptied, fence: closed }, forward: { ...following, ready: 2 } }),
    state('replicate'),
    'reset',
  ],
  [
    'the source is fenced, whatever the state says',
    facts({
      source: { facts: { fence: 'x' }, fence: closed },
      target: { facts: emptied, fence: closed },
      forward: following,
    }),
    state(),
    'fence-source',
  ],
  [
    'drained up to this fence',
    facts({
      source: { facts: { fence: 'x' }, fence: closed },
      target: { facts: { ...emptied, drained: 'x' }, fence: closed },
      forward: following,
    }),
    state(),
    'drain',
  ],
  [
    'drained up to an earlier fence does not count',
    facts({
      source: { facts: { fence: 'y' }, fence: closed },
      target: { facts: { ...emptied, drained: 'x' }, fence: closed },
      forward: following,
    }),
    state('drain'),
    'fence-source',
  ],
  [
    'the source was opened behind the tool: back to following',
    facts({
      source: { facts: { fence: 'x' } },
      target: { facts: { ...emptied, drained: 'x' }, fence: closed },
      forward: following,
    }),
    state('catch-up', 'fence-source', 'drain', 'reverse-leg'),
    'catch-up',
  ],
  [
    'the reverse leg follows',
    facts({
      source: { facts: { fence: 'x' }, fence: closed },
      target: { facts: { ...emptied, drained: 'x' }, fence: closed },
      reverse: following,
    }),
    state(),
    'reverse-leg',
  ],
  [
    'opened, and clients not known to have moved',
    facts({
      source: { facts: { fence: 'x' }, fence: closed },
      target: { facts: { ...emptied, drained: 'x', openedAt: at } },
      reverse: following,
    }),
    state('reverse-leg'),
    'reverse-leg',
  ],
  [
    'open',
    facts({
      source: { facts: { fence: 'x' }, fence: closed },
      target: { facts: { ...emptied, drained: 'x', openedAt: at } },
      reverse: following,
    }),
    state('open'),
    'open',
  ],
  ['retired', facts({ source: { facts: {}, fence: closed }, target: { facts: { retiredAt: at } } }), state(), 'retire'],
])('%s', (_, world, run, expected) => {
  expect(position(world, run)).toBe(expected);
});

test("another run's control says nothing of this one", () => {
  const world = facts({ source: { facts: {} }, target: { facts: emptied, fence: closed }, forward: following });
  expect(position(world, { ...state('survey'), runId: 'c-20261124-120000-ffff' })).toBe('survey');
});

test('both open counts from the reset on', () => {
  const open = facts({ source: { facts: {} }, target: { facts: emptied } });
  expect(bothOpen(open, { runId })).toBe(true);
  expect(bothOpen(facts({ source: { facts: {} }, target: { facts: {} } }), { runId })).toBe(false);
  expect(bothOpen(facts({ source: { facts: {}, fence: closed }, target: { facts: emptied } }), { runId })).toBe(false);
});
