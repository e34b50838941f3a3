import { context } from '../cdk.json';
import { functions, modelledFunctions } from '../lib/estate/functions';
import { queues, standaloneDeadLetterQueues } from '../lib/estate/messaging';
import { buckets } from '../lib/estate/storage';
import { rules, secrets, tables } from '../lib/estate/support';
import { settingsFiles } from '../settings';

/**
 * What a larger estate has more of. Networks, databases, services, the distribution and the Azure side do not grow
 * with the number of rows: they serve all of them.
 */
const regional = modelledFunctions.filter(({ kind }) => kind === 'regional');
const callingRules = rules.filter(({ target }) => 'function' in target);

interface Named {
  readonly name: string;
}

/** Arrays that a copy of a row is written to, and the rows that are copied. */
const growing: readonly (readonly [into: readonly Named[], rows: readonly Named[]])[] = [
  [queues, [...queues]],
  [standaloneDeadLetterQueues, [...standaloneDeadLetterQueues]],
  [buckets, [...buckets]],
  [tables, [...tables]],
  [secrets, [...secrets]],
  [functions, regional],
  [modelledFunctions, regional],
  [rules, callingRules],
];

const names = new Set(
  [
    ...growing.flatMap(([, rows]) => rows.map(({ name }) => name)),
    ...queues.map(({ deadLetterQueue }) => deadLetterQueue.name),
    ...regional.map(({ role }) => role),
  ].sort(),
);

/**
 * Multiplies the rows of the inventory, each copy a small estate of its own: the function of a copy takes messages from
 * the queue of that copy and writes to its table.
 *
 * The inventory is read-only to everybody else; only a process of its own may write into its copy of it.
 *
 * @returns name of each copied function → name of the function whose code it runs
 */
export function multiplyEstate(factor: number): ReadonlyMap<string, string> {
  const settings = Object.values(settingsFiles).map(({ tableKeys = {} }) => tableKeys as Record<string, unknown>);
  const keys = settings.map((tableKeys) => Object.entries(tableKeys));
  const originals = new Map<string, string>();
  for (let copy = 2; copy <= factor; copy += 1) {
    for (const [into, rows] of growing) (into as Named[]).push(...rows.map((row) => renamed(row, copy)));
    settings.forEach((tableKeys, place) => {
      for (const [table, key] of keys[place] ?? []) tableKeys[nameOfCopy(table, copy)] = key;
    });
    for (const { name } of regional) originals.set(nameOfCopy(name, copy), name);
  }
  // Past the limit, so that the curve shows where it stands.
  (context as Record<string, unknown>)['@aws-cdk/core:stackResourceLimit'] = 0;
  return originals;
}

/** A row with every name of a growing row in it replaced by that of the copy. */
function renamed<T>(value: T, copy: number): T {
  if (typeof value === 'string') return (names.has(value) ? nameOfCopy(value, copy) : value) as T;
  if (Array.isArray(value)) return value.map((item) => renamed(item, copy)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      // One API has one authorizer.
      .filter(([key]) => key !== 'authorizes')
      .map(([key, inner]) => [key, renamed(inner, copy)]),
  ) as T;
}

/** Short enough for what allows least: 64 characters of a function, a role and a rule. */
function nameOfCopy(name: string, copy: number): string {
  const fifo = name.endsWith('.fifo') ? '.fifo' : '';
  const stem = name
    .slice(0, name.length - fifo.length)
    .slice(-50)
    .replace(/^[^a-z0-9]+/i, '');
  return `${stem}-${copy}${fifo}`;
}
