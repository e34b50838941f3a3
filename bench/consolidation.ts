import { execFileSync } from 'node:child_process';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { max, median, min } from 'simple-statistics';
import { passBack, passForward } from '../lib/consolidate/rehearsal/pass';
import { databaseName } from '../lib/consolidate/rehearsal/schema';
import { type Stage, setStage } from '../lib/consolidate/rehearsal/stage';
import type { ToolResult } from '../lib/consolidate/rehearsal/tool';
import { type Bench, row, spread, spreadHeader, verdict } from './measure';

/** Rows of the source, over 40 tables. BENCH_ROWS names others, such as `100000,1000000`: the largest takes minutes. */
const sizes = sizesFrom(process.env.BENCH_ROWS ?? '100000,1000000,5000000');
/** At which copy and comparison have their goals. */
const middle = sizes.includes(1_000_000) ? 1_000_000 : Math.max(...sizes);
/** Plain tables besides the 17 of the hard cases. */
const bulkTables = 23;
/** Milliseconds that writers write between the comparison and the fence. */
const writingMs = 3_000;
/** Tables that a subscription copies at a time (max_sync_workers_per_subscription). */
const copiedAtATime = 2;

const goals = { pauseSeconds: 5, copyRatio: 0.7, verifySeconds: 10 } as const;
/** What still counts as flat: the largest by the smallest figure. */
const flat = 1.5;

function sizesFrom(text: string): readonly number[] {
  const given = text.split(',').map(Number);
  if (given.every((rows) => Number.isInteger(rows) && rows >= 1_000)) return given;
  throw new Error(`BENCH_ROWS must be whole numbers of at least 1000 with commas between them, got: ${text}.`);
}

type ToolStep = ToolResult['steps'][number];

/** One way over: the target is emptied, copied to, compared and opened. */
interface Crossing {
  /** Longest time between two acknowledgements of one writer, over fence, drain, reverse leg and switch. */
  readonly pauseSeconds: number;
  readonly acknowledged: number;
  /** Parts of the outage in their order, from the fence until clients are pointed elsewhere. */
  readonly outage: readonly ToolStep[];
  /** From the subscription until every table follows. */
  readonly copySeconds: number;
  /** The comparison of every table, while writers write. */
  readonly verifySeconds: number;
  /** Largest resident memory of the tool while it compares. */
  readonly verifyMegabytes: number;
}

interface Measured {
  readonly rows: number;
  readonly crossings: readonly Crossing[];
  /** `COPY` of the same rows between the same servers, as often; taken at the middle size. */
  readonly plainCopySeconds: readonly number[];
}

/** One run for all sections: the largest takes minutes. */
const measurements = new Map<number, Promise<Measured>>();

function measured(rows: number, rounds: number): Promise<Measured> {
  const known = measurements.get(rows) ?? measure(rows, rounds);
  measurements.set(rows, known);
  return known;
}

export async function benchConsolidationPause({ print, rounds }: Bench): Promise<void> {
  print(spreadHeader("writers' longest pause, 2 writers, fence to switch", rounds));
  const results: Measured[] = [];
  const pauses: number[][] = [];
  for (const size of sizes) {
    const result = await measured(size, rounds);
    const writes = median(result.crossings.map(({ acknowledged }) => acknowledged));
    const taken = result.crossings.map(({ pauseSeconds }) => pauseSeconds);
    print(spread(`  ${result.rows.toLocaleString('en')} rows`, taken, 's', `${writes} writes`));
    results.push(result);
    pauses.push(taken);
  }
  const typical = pauses.map((taken) => median(taken));
  print(verdict(`under ${goals.pauseSeconds} s at every size`, max(pauses.flat()) < goals.pauseSeconds));
  print(verdict(`flat: at most ${flat} times the shortest`, max(typical) <= flat * min(typical)));
  print();
  print(
    row(
      'of it (median)',
      results.map(({ rows }) => rows.toLocaleString('en')),
    ),
  );
  for (const { title } of results[0]?.crossings[0]?.outage ?? []) {
    const times = results.map(({ crossings }) =>
      median(crossings.map(({ outage }) => outage.find((step) => step.title === title)?.ms ?? Number.NaN)),
    );
    print(
      row(
        `  ${title}`,
        times.map((ms) => `${(ms / 1000).toFixed(2)} s`),
      ),
    );
  }
}

export async function benchConsolidationCopy({ print, rounds }: Bench): Promise<void> {
  const { rows, crossings, plainCopySeconds } = await measured(middle, rounds);
  const copySeconds = crossings.map((crossing) => crossing.copySeconds);
  const ratio = median([...plainCopySeconds]) / median(copySeconds);
  const rate = (taken: readonly number[]) => `${Math.round(rows / median([...taken]) / 1000)}k rows/s`;
  print(spreadHeader(`copy of ${rows.toLocaleString('en')} rows`, rounds));
  print(spread('the forward leg, until every table follows', copySeconds, 's', rate(copySeconds)));
  print(spread(`COPY over TLS, ${copiedAtATime} tables at a time`, plainCopySeconds, 's', rate(plainCopySeconds)));
  print(row('throughput by that of COPY', ['', ratio.toFixed(2)]));
  print(verdict(`at least ${goals.copyRatio}`, ratio >= goals.copyRatio));
}

export async function benchConsolidationVerify({ print, rounds }: Bench): Promise<void> {
  print(spreadHeader('comparison of every table, while writers write', rounds));
  const memory: number[] = [];
  for (const size of sizes) {
    const { rows, crossings } = await measured(size, rounds);
    const megabytes = max(crossings.map(({ verifyMegabytes }) => verifyMegabytes));
    const taken = crossings.map(({ verifySeconds }) => verifySeconds);
    print(spread(`  ${rows.toLocaleString('en')} rows`, taken, 's', `at most ${megabytes.toFixed(0)} MB`));
    memory.push(megabytes);
  }
  const { crossings } = await measured(middle, rounds);
  const seconds = median(crossings.map(({ verifySeconds }) => verifySeconds));
  print(verdict(`${middle.toLocaleString('en')} rows under ${goals.verifySeconds} s`, seconds < goals.verifySeconds));
  print(verdict(`memory flat: at most ${flat} times the smallest`, max(memory) <= flat * min(memory)));
}

async function measure(rows: number, rounds: number): Promise<Measured> {
  const stage = await setStage({ amount: { rows, bulkTables } });
  try {
    const crossings: Crossing[] = [];
    const plainCopySeconds: number[] = [];
    // By turns: servers that have run for a while write quicker, and both shall have that.
    while (crossings.length < rounds) {
      crossings.push(await cross(stage));
      await passBack(stage);
      if (rows === middle) plainCopySeconds.push(await plainCopy(stage));
    }
    return { rows, crossings, plainCopySeconds };
  } finally {
    await stage.stop();
  }
}

async function cross(stage: Stage): Promise<Crossing> {
  const copied = await passForward(stage, { until: 'replicate' });
  const load = await stage.startLoad({ readers: 0 });
  const memory = new MemoryWatch();
  const compared = await passForward(stage, {
    until: 'catch-up',
    at: (point, { pid }) => {
      if (point === 'before:compare source and target ahead') memory.start(pid);
      if (point === 'after:compare source and target ahead') memory.stop();
    },
  });
  await sleep(writingMs);
  // Both flags at once, as in a window: nothing starts anew inside the outage.
  const { runId } = compared;
  const cut = await stage.tool({ name: 'run', flags: { 'fence-source': runId, open: runId } });
  if (cut.ended !== 'done') throw new Error(`The run stopped, got: ${cut.code}: ${cut.message}`);
  const report = await load.stop();
  const { lost, risen, unbalanced } = await stage.judge('target');
  if (lost + risen + unbalanced > 0)
    throw new Error(`Rows were lost, got: ${JSON.stringify({ lost, risen, unbalanced })}.`);
  return {
    pauseSeconds: report.longestPauseMs / 1000,
    acknowledged: report.acknowledged,
    outage: between(cut.steps, 'fence the source', 'point clients to the target'),
    copySeconds: secondsOf(copied.steps, /^(forward subscription|every table follows on the target)$/),
    verifySeconds: secondsOf(compared.steps, /^compare source and target ahead$/),
    verifyMegabytes: memory.largest / 2 ** 20,
  };
}

const between = (steps: readonly ToolStep[], first: string, last: string): ToolStep[] =>
  steps.slice(
    steps.findIndex(({ title }) => title === first),
    steps.findIndex(({ title }) => title === last) + 1,
  );

const secondsOf = (steps: readonly ToolStep[], wanted: RegExp) =>
  steps.filter(({ title }) => wanted.test(title)).reduce((sum, { ms }) => sum + ms, 0) / 1000;

/** Looks at the resident memory of a process four times a second. */
class MemoryWatch {
  largest = 0;
  private timer: NodeJS.Timeout | undefined;

  start(pid: number): void {
    const look = () => {
      const kilobytes = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }));
      this.largest = Math.max(this.largest, kilobytes * 1024);
    };
    look();
    this.timer = setInterval(look, 250);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

/** Empties the target and copies the same tables as somebody with two psql would: over TLS, some at a time. */
async function plainCopy(stage: Stage): Promise<number> {
  const tables = await stage.query<{ name: string; columns: string }>(
    'source',
    `select format('%I.%I', n.nspname, c.relname) as name, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
     where n.nspname = 'app' and c.relkind = 'r' and c.relpersistence = 'p' and a.attnum > 0 and not a.attisdropped
       and a.attgenerated = '' group by 1 order by 1`,
  );
  await stage.query(
    'target',
    `set session_replication_role = 'replica'; truncate ${tables.map(({ name }) => name).join(', ')}`,
  );
  const waiting = [...tables];
  const began = Date.now();
  await Promise.all(
    Array.from({ length: copiedAtATime }, async () => {
      const [source, target] = await Promise.all(
        (['source', 'target'] as const).map((side) => stage.servers[side].connect(databaseName, stage.authority)),
      );
      if (!source || !target) throw new Error('Two sides were asked.');
      await target.query("set session_replication_role = 'replica'");
      for (let table = waiting.shift(); table; table = waiting.shift()) {
        const { name, columns } = table;
        await pipeline(
          source.query(copyTo(`copy (select ${columns} from only ${name}) to stdout`)),
          target.query(copyFrom(`copy ${name} (${columns}) from stdin`)),
        );
      }
      await Promise.all([source.end(), target.end()]);
    }),
  );
  return (Date.now() - began) / 1000;
}
