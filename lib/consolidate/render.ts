import Table from 'cli-table3';
import type { Facts } from './facts';
import type { Finding } from './findings';
import { backPhaseIds, flaggedPhases, flagOf, type PhaseId, phaseIds, phaseTexts, type Side } from './phases';
import type { StrategyPlan } from './ports';
import type { RunState } from './state';

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const made = new Table({
    head: [...head],
    style: { head: [], border: [] },
    wordWrap: true,
    colWidths: columnWidths[head.length],
  });
  for (const row of rows) made.push([...row]);
  return made.toString();
};

/** By number of columns; text wraps in the last ones. */
const columnWidths: Readonly<Record<number, number[]>> = {
  3: [12, 50, 70],
  4: [14, 44, 12, 60],
  5: [16, 10, 9, 26, 60],
};

export function renderFindings(findings: readonly Finding[], accepted: readonly string[] = []): string {
  const gravity = ({ id, gravity: given }: Finding) => (accepted.includes(id) ? 'accepted' : given);
  const count = (wanted: string) => findings.filter((finding) => gravity(finding) === wanted).length;
  return [
    table(
      ['gravity', 'what', 'remedy'],
      findings.map((finding) => [gravity(finding), `${finding.id}\n${finding.message}`, finding.remedy]),
    ),
    `${count('blocks')} block, ${count('decision')} need a decision, ${count('accepted')} accepted, ${count('handled')} handled.`,
  ].join('\n');
}

export function renderPlan(plans: readonly StrategyPlan[], deploysForbidden?: string): string {
  const parts = plans.map((plan) => {
    const { outage, cost, objections } = plan;
    return [
      `== ${plan.strategy}: ${plan.title}`,
      ...plan.steps.map(({ title, outage: waits }) => `  ${waits ? 'outage' : '      '}  ${title}`),
      `  outage: ${outage.fromSeconds} to ${outage.toSeconds} s; ${outage.basis}`,
      `  going back ${plan.backLosesWrites ? 'LOSES what was written to the target' : 'loses nothing'}`,
      ...cost.map(({ item, dollars, source }) => `  cost: ${dollars.toFixed(2)} USD, ${item} (${source})`),
      ...plan.risks.map(({ id, gravity, message }) => `  risk (${gravity}): ${id}: ${message}`),
      ...(objections.length > 0
        ? objections.map((objection) => `  against it: ${objection}`)
        : ['  nothing stands against it']),
    ].join('\n');
  });
  return [...parts, ...(deploysForbidden ? [`DEPLOYS FORBIDDEN: ${deploysForbidden}`] : [])].join('\n\n');
}

/** What state the world is in, and what to do next, for somebody who sees it for the first time. */
export interface Situation {
  readonly run?: Pick<RunState, 'runId' | 'status' | 'strategy' | 'epoch' | 'lease' | 'deploysForbidden' | 'phases'>;
  readonly position?: PhaseId;
  readonly facts?: Facts;
  /** Where the secret points. */
  readonly serving: Side | 'elsewhere' | 'unknown';
  /** What the servers could not be asked for. */
  readonly unreachable?: string;
}

export function nextOf({ run, position, facts, unreachable }: Situation): string {
  if (unreachable !== undefined)
    return 'Bring the server that does not answer back, then ask again. Nothing changes by itself meanwhile.';
  if (!run) return 'No run. `estate consolidate survey` looks at both servers and changes nothing.';
  if (run.status === 'rolling-back') return 'Run `estate consolidate rollback` again until it has ended.';
  if (run.status === 'rolled-back') return 'The run was rolled back: the source serves. `run` begins another one.';
  if (run.status === 'retired')
    return 'The run is complete. The plain instance stays protected until somebody removes it through the settings.';
  if (run.strategy !== 'logical-replication') return nextOfStrategy(run);
  if (facts && facts.source.fence === 'closed' && facts.target.fence === 'closed') {
    return 'WRITERS WAIT: both servers are closed. `run` goes on; `rollback` opens the source again. Do one of them now.';
  }
  const next = phaseIds[position === undefined ? 0 : phaseIds.indexOf(position) + 1];
  if (next === undefined) return 'Nothing is left to do.';
  const flagged = flaggedPhases.find((phase) => phase === next);
  const command =
    next === 'retire'
      ? `estate consolidate retire ${flagOf.retire} ${run.runId}`
      : `estate consolidate run${flagged ? ` ${flagOf[flagged]} ${run.runId}` : ''}`;
  return `Next: ${next}, ${phaseTexts[next].title}. \`${command}\``;
}

/** The run's own instance serves, or is on its way. */
const nextOfStrategy = ({ phases, strategy }: Pick<RunState, 'phases' | 'strategy'>): string =>
  phases.open?.finishedAt !== undefined
    ? 'The run is done. Import what serves as found: docs/consolidation-infrastructure.md, "When deploys are forbidden".'
    : `Run \`estate consolidate run\` again: ${strategy} goes on where it stopped, and asks for each flag. \`rollback\` takes it back.`;

/** How a run of a strategy that makes an instance goes back. */
const wayBackOfStrategy = ({ phases, strategy }: Pick<RunState, 'phases' | 'strategy'>): string =>
  phases.open?.finishedAt === undefined
    ? 'opens the source again, or leaves it open; deploys are admitted'
    : strategy === 'seeded-replication'
      ? 'drains the reverse leg into the source and opens it: no write is lost'
      : 'none: the source has nothing of what was written since';

const fenceWords = { open: 'takes writes', closed: 'closed to writers', part: 'takes writes to some tables' } as const;

export function renderStatus(situation: Situation): string {
  const { run, position, facts, serving, unreachable } = situation;
  const lines = [
    run ? `Run ${run.runId} (${run.strategy}), ${run.status}, epoch ${run.epoch}.` : 'No run.',
    ...(run?.lease ? [`${run.lease.holder} works on it; its lease lasts until ${run.lease.expiresAt}.`] : []),
    ...(unreachable ? [`A server does not answer: ${unreachable}`] : []),
    ...(facts ? [`Source: ${fenceWords[facts.source.fence]}. Target: ${fenceWords[facts.target.fence]}.`] : []),
    `The secret points to: ${serving === 'elsewhere' && run?.deploysForbidden ? 'the instance that the run made' : serving}.`,
    ...(run ? [`Stands at: ${position ?? 'the beginning'}.`, `Way back: ${wayBackOf(run, position)}.`] : []),
    ...(facts ? [legLine('Forward', facts.forward), legLine('Reverse', facts.reverse)] : []),
    ...(run?.deploysForbidden ? [`DEPLOYS FORBIDDEN: ${run.deploysForbidden}`] : []),
  ];
  const phases = run
    ? [...phaseIds, ...backPhaseIds].flatMap((id) => {
        const record = run.phases[id];
        if (!record) return [];
        const seconds = record.finishedAt
          ? ((Date.parse(record.finishedAt) - Date.parse(record.startedAt)) / 1000).toFixed(1)
          : '';
        return [
          [
            id,
            record.finishedAt ? 'done' : 'begun',
            seconds,
            record.startedAt,
            JSON.stringify(record.evidence ?? {}).slice(0, 300),
          ],
        ];
      })
    : [];
  return [
    ...lines,
    ...(phases.length > 0 ? [table(['phase', 'state', 'seconds', 'began', 'evidence'], phases)] : []),
    nextOf(situation),
  ].join('\n');
}

const wayBackOf = (run: NonNullable<Situation['run']>, position: PhaseId | undefined): string => {
  if (run.strategy !== 'logical-replication') return wayBackOfStrategy(run);
  return position ? phaseTexts[position].back : 'nothing to undo';
};

const legLine = (name: string, leg: Facts['forward']): string =>
  leg.subscription || leg.slot
    ? `${name} leg: ${leg.ready} of ${leg.relations} tables follow, ${leg.lagBytes ?? '?'} bytes behind, ${leg.workers} workers, slot ${leg.slotStatus ?? 'missing'}.`
    : `${name} leg: none.`;
