import { flaggedPhases, flagOf, phaseIds, phaseTexts } from '../phases';
import type { PlanInput, Strategy, StrategyPlan } from '../ports';

/** Fence, drain, comparison of what changed, reverse leg, switch: `npm run bench -- consolidation-pause`, with room for a slower instance. */
const outage = { fromSeconds: 1, toSeconds: 10 } as const;

/** A GiB of a snapshot, a month. */
const snapshotDollarsPerGib = 0.095;

/** The default: native logical replication into the instance that is there, with a reverse leg. */
export const logicalReplication: Strategy = {
  id: 'logical-replication',
  title: 'logical replication into the existing encrypted instance, with a reverse leg',
  replacesInstance: false,
  plan,
};

function plan({ facts, findings, sourceBytes, accepted }: PlanInput): StrategyPlan {
  const blocking = findings.filter(({ gravity }) => gravity === 'blocks');
  const undecided = findings.filter(({ id, gravity }) => gravity === 'decision' && !accepted.includes(id));
  const gib = sourceBytes / 2 ** 30;
  return {
    strategy: 'logical-replication',
    title: logicalReplication.title,
    steps: phaseIds.map((phase) => {
      const flagged = flaggedPhases.find((id) => id === phase);
      const flag = flagged ? ` (${flagOf[flagged]} <run id>)` : '';
      return { title: `${phase}: ${phaseTexts[phase].title}${flag}`, outage: phaseTexts[phase].outage, phase };
    }),
    outage: {
      ...outage,
      basis:
        'from the fence to the switch, by bench/RESULTS.md (consolidation-pause) on servers of one machine; tables are compared before it. ' +
        `A reboot of ${facts.source.identifier} for its parameters comes before, in a window of its own.`,
    },
    risks: findings.filter(({ gravity }) => gravity !== 'blocks'),
    cost: [
      {
        item: `two manual snapshots of ${gib.toFixed(1)} GiB, a month`,
        dollars: Math.round(2 * gib * snapshotDollarsPerGib * 100) / 100,
        source: 'RDS for PostgreSQL backup storage, us-east-1, 0.095 USD a GiB and month',
      },
    ],
    objections: [
      ...blocking.map(({ id, message }) => `${id}: ${message}`),
      ...undecided.map(({ id }) => `${id}: a decision that nobody took yet`),
    ],
    backLosesWrites: false,
  };
}
