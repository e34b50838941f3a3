import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { cloudWatchTelemetry } from '../consolidate/aws/telemetry';
import { watchLegs } from '../consolidate/aws/watch';
import { Engine, type Outcome } from '../consolidate/engine';
import { standing } from '../consolidate/findings';
import { type FlaggedPhase, flagOf, type PhaseId, phaseIds } from '../consolidate/phases';
import type { PlanInput } from '../consolidate/ports';
import { rehearseConsolidation, renderConsolidationRehearsal } from '../consolidate/rehearsal/rehearse';
import { nextOf, renderFindings, renderPlan, renderStatus } from '../consolidate/render';
import { type StrategyId, strategyIds } from '../consolidate/state';
import { survey } from '../consolidate/survey';
import { exitCodes, stopping } from './consolidate-stop';
import { taskCommand } from './consolidate-task';
import { accountOf, type OpenedWorld, openWorld, type WorldOptions, worldOptions } from './consolidate-world';
import { terminalProgress } from './progress';
import { projectRoot } from './project-root';
import { wholeNumber } from './whole-number';

interface Common extends WorldOptions {
  readonly json?: boolean;
}

interface RunArguments extends Common, Partial<Record<'reset' | 'fence' | 'open', string>> {
  readonly until?: PhaseId;
  readonly accept?: readonly string[];
  readonly strategy?: StrategyId;
}

/** `estate consolidate` */
export const consolidateCommand = (): Command =>
  new Command('consolidate')
    .summary('bring the two PostgreSQL instances together on the encrypted one')
    .description(
      'Walks two PostgreSQL instances to one, phase by phase, with a way back that loses nothing. Everything may be ' +
        'stopped at any moment and called again: the databases say how far it is. docs/consolidation.md is the runbook.',
    )
    .addCommand(surveyCommand())
    .addCommand(planCommand())
    .addCommand(runCommand())
    .addCommand(statusCommand())
    .addCommand(rollbackCommand())
    .addCommand(retireCommand())
    .addCommand(watchCommand())
    .addCommand(taskCommand())
    .addCommand(rehearseCommand());

function command(name: string, summary: string): Command {
  const made = new Command(name).summary(summary).description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`);
  for (const option of worldOptions()) made.addOption(option);
  return made.option('--json', 'the result as JSON on standard output').addHelpText('after', exitCodes);
}

const surveyCommand = (): Command =>
  command(
    'survey',
    'look at both servers and say what blocks, what needs a decision, and what is handled; read only',
  ).action((options: Common) =>
    withWorld(options, async (opened) => {
      const engine = engineOf(opened);
      const { findings } = await terminalProgress().step('look at both servers', () =>
        survey(engine.databases, opened.world),
      );
      const accepted = Object.keys((await opened.world.store.read())?.state.accepted ?? {});
      print(options, { findings, accepted }, () => renderFindings(findings, accepted));
      process.exitCode = standing(findings, accepted).length > 0 ? 3 : 0;
    }),
  );

const planCommand = (): Command =>
  command('plan', 'say for each strategy its steps, outage, risks, cost, and what stands against it; read only').action(
    (options: Common) =>
      withWorld(options, async (opened) => {
        const input = await planInput(opened);
        const plans = opened.strategies.map((strategy) => strategy.plan(input));
        const forbidden = (await opened.world.store.read())?.state.deploysForbidden;
        print(options, { plans, deploysForbidden: forbidden }, () => renderPlan(plans, forbidden));
      }),
  );

const runCommand = (): Command => {
  const made = command('run', 'go forward until something needs a person')
    .addOption(new Option('--until <phase>', 'last phase to do').choices(phaseIds.filter((id) => id !== 'retire')))
    .addOption(new Option('--strategy <id>', 'for a run that has not begun').choices(strategyIds))
    .option('--accept <id>', 'a finding of the survey that somebody decided to live with (repeat it)', collect, []);
  for (const phase of ['reset', 'fence-source', 'open'] as const) {
    made.option(`${flagOf[phase]} <run-id>`, `allow ${phase} for this run`);
  }
  return made.action((options: RunArguments) =>
    withWorld(options, async (opened) => {
      const { until, accept, strategy } = options;
      const outcome = await engineOf(opened).run({
        ...(until && { until }),
        ...(accept && { accept }),
        ...(strategy && { strategy }),
        flags: given({ reset: options.reset, 'fence-source': options.fence, open: options.open }),
      });
      await report(options, opened, outcome);
    }),
  );
};

const statusCommand = (): Command =>
  command('status', 'say what state the world is in and what to do next; read only').action((options: Common) =>
    withWorld(options, async (opened) => {
      const situation = await engineOf(opened).look();
      print(options, { ...situation, next: nextOf(situation) }, () => renderStatus(situation));
      process.exitCode = situation.unreachable === undefined ? 0 : 1;
    }),
  );

const rollbackCommand = (): Command =>
  command('rollback', 'go back from wherever the run stands; no write is lost')
    .option('--keep-leg', 'only open the source again, and let the replication go on (between fence and reverse leg)')
    .action((options: Common & { readonly keepLeg?: boolean }) =>
      withWorld(options, async (opened) => {
        await report(options, opened, await engineOf(opened).rollback({ keepLeg: options.keepLeg === true }));
      }),
    );

const retireCommand = (): Command =>
  command('retire', 'end the reverse leg: there is no way back afterwards')
    .requiredOption(`${flagOf.retire} <run-id>`, 'the run that is to end')
    .action((options: Common & { readonly retire: string }) =>
      withWorld(options, async (opened) => report(options, opened, await engineOf(opened).retire(options.retire))),
    );

const watchCommand = (): Command =>
  command('watch', 'report lag and heartbeat of the running leg as metrics until Ctrl-C; reads only').action(
    (options: Common) =>
      withWorld(options, async (opened) => {
        const stopping = new AbortController();
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
        await watchLegs({
          databases: engineOf(opened).databases,
          telemetry:
            options.rehearsal === undefined
              ? cloudWatchTelemetry(accountOf(options.account).clients.cloudWatch)
              : async () => undefined,
          print: (line) => console.log(line),
          signal: stopping.signal,
        });
      }),
  );

const rehearseCommand = (): Command =>
  new Command('rehearse')
    .summary('walk the whole way on two PostgreSQL servers of this machine, under load and faults')
    .description(
      'Starts two PostgreSQL 17.4 on loopback with a schema of hard cases beside an embedded AWS, lets writers write, ' +
        'strikes at named points, and holds the end against what the writers were told. No account is reached.',
    )
    .option('--rows <n>', 'rows of the source', wholeNumber, 1_000_000)
    .option('--tables <n>', 'plain tables besides the hard cases', wholeNumber, 26)
    .option('--json <file>', 'where the report goes (default: .rehearsal/consolidation.json)')
    .addHelpText(
      'after',
      '\nExit code 0: nothing lost, every fault hit and survived. 1: anything else; the report says what.',
    )
    .action(({ rows, tables, json }: { rows: number; tables: number; json?: string }) =>
      stopping(async () => {
        const report = await rehearseConsolidation({
          amount: { rows, bulkTables: tables },
          progress: terminalProgress(),
          jsonPath: resolve(json ?? '.rehearsal/consolidation.json'),
          projectRoot,
        });
        console.log(renderConsolidationRehearsal(report));
        process.exitCode = report.passed ? 0 : 1;
      }),
    );

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

const given = (flags: Partial<Record<FlaggedPhase, string | undefined>>): Partial<Record<FlaggedPhase, string>> =>
  Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));

const engineOf = ({ world, strategies, settings }: OpenedWorld): Engine =>
  new Engine({ world, strategies, settings, progress: terminalProgress() });

async function planInput({ world, settings, strategies }: OpenedWorld): Promise<PlanInput> {
  const { databases } = engineOf({ world, settings, strategies });
  const { findings, source } = await terminalProgress().step('look at both servers', () => survey(databases, world));
  const [facts, state] = await Promise.all([
    Promise.all([world.instances.describe('source'), world.instances.describe('target')]),
    world.store.read(),
  ]);
  return {
    facts: { source: facts[0], target: facts[1] },
    findings,
    sourceBytes: source.databaseBytes,
    tables: source.tables.length,
    rows: source.tables.reduce((sum, { estimatedRows }) => sum + estimatedRows, 0),
    quarantined: state?.state.phases.quarantine?.finishedAt !== undefined,
    accepted: Object.keys(state?.state.accepted ?? {}),
  };
}

async function report(options: Common, opened: OpenedWorld, outcome: Outcome): Promise<void> {
  const situation = await engineOf(opened).look();
  print(options, { ...outcome, next: nextOf(situation) }, () => renderStatus(situation));
}

function print(options: Common, value: object, text: () => string): void {
  process.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : `${text()}\n`);
}

const withWorld = (options: WorldOptions, work: (opened: OpenedWorld) => Promise<void>): Promise<void> =>
  stopping(async () => {
    const opened = await openWorld(options);
    console.error(
      `Account ${opened.world.account}, region ${opened.world.region}${options.rehearsal ? ' (a rehearsal on this machine)' : ''}.`,
    );
    await work(opened);
  });
