import { cache } from '../estate/databases';
import type { AccountSettings } from '../estate/settings';
import { acknowledgedVersions } from './acknowledgements';
import type { Notice } from './notices';
import { reviewDate } from './review-date';

/** The life of a version that the cloud withdraws step by step. Dates are ISO; a missing one is not announced. */
export interface Lifecycle {
  /** No patches and no support from this day on. */
  readonly ends?: string;
  /** Creation is refused from this day on. */
  readonly createRefused?: string;
  /** Updates are refused from this day on. */
  readonly updateRefused?: string;
  /** Version to move to. */
  readonly successor?: string;
  /** `documented`: a page or notice of AWS says so. `inferred`: reasoned from a neighbour. */
  readonly confidence: 'documented' | 'inferred';
  readonly note?: string;
}

/**
 * Runtimes of Lambda.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html as of November 2026; nodejs22.x, nodejs24.x
 * and python3.11 second hand from https://endoflife.date/aws-lambda. AWS has put off the refusal dates of nodejs18.x
 * three times and those of nodejs20.x once, so they may move again.
 */
export const lambdaRuntimes: Readonly<Record<string, Lifecycle>> = {
  'nodejs18.x': {
    ends: '2025-09-01',
    createRefused: '2027-02-01',
    updateRefused: '2027-03-03',
    successor: 'nodejs24.x',
    confidence: 'documented',
  },
  'nodejs20.x': {
    ends: '2026-04-30',
    createRefused: '2027-02-01',
    updateRefused: '2027-03-03',
    successor: 'nodejs22.x or nodejs24.x',
    confidence: 'documented',
  },
  'nodejs22.x': {
    ends: '2027-04-30',
    createRefused: '2027-06-01',
    updateRefused: '2027-07-01',
    successor: 'nodejs24.x',
    confidence: 'documented',
  },
  'nodejs24.x': {
    ends: '2028-04-30',
    createRefused: '2028-06-01',
    updateRefused: '2028-07-01',
    confidence: 'documented',
  },
  'python3.11': {
    ends: '2027-06-30',
    createRefused: '2027-07-31',
    updateRefused: '2027-08-31',
    confidence: 'documented',
  },
};

/** What RDS does with an instance on a withdrawn minor version, whether or not automatic upgrades are on. */
const forcedUpgrade =
  'RDS upgrades an instance that is still on it in a maintenance window, and a template that names the old version then asks for a downgrade, which RDS refuses';

/**
 * Minor versions of RDS for PostgreSQL.
 *
 * Source: RDS release calendar,
 * https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html, and the notices
 * of AWS Health that owners published: 17.1 to 17.4 end on 31 May 2026
 * (https://github.com/CredentialEngine/CredentialRegistry/issues/1000), 17.5 and 17.6 on 31 October 2026
 * (https://github.com/CredentialEngine/CredentialRegistry/issues/1036). 17.9 follows from 15.17 of the same release, which
 * ends in March 2027 (https://github.com/openaustralia/planningalerts/issues/2091).
 */
export const postgresVersions: Readonly<Record<string, Lifecycle>> = {
  '17.4': {
    ends: '2026-05-31',
    createRefused: '2026-05-01',
    successor: '17.9',
    confidence: 'documented',
    note: forcedUpgrade,
  },
  '17.5': {
    ends: '2026-10-31',
    createRefused: '2026-10-01',
    successor: '17.9',
    confidence: 'documented',
    note: forcedUpgrade,
  },
  '17.6': {
    ends: '2026-10-31',
    createRefused: '2026-10-01',
    successor: '17.9',
    confidence: 'documented',
    note: forcedUpgrade,
  },
  // No notice found; RDS upgraded 17.1 to 17.4 to "17.7 or higher", so it outlived May 2026.
  '17.7': { successor: '17.9', confidence: 'inferred' },
  '17.9': { ends: '2027-03-31', confidence: 'inferred', note: forcedUpgrade },
};

/**
 * Engine versions of ElastiCache for Redis OSS.
 *
 * Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html, "end of life schedule": versions
 * 4 and 5 left standard support on 31 January 2026. Version 7 has no date; 7.1 is the last of Redis OSS, and Valkey
 * follows.
 */
export const redisVersions: Readonly<Record<string, Lifecycle>> = {
  '7.1': { successor: 'Valkey', confidence: 'documented' },
};

/** What, since when, what follows, and the setting that mends it. */
export interface LifecycleFinding extends Notice {
  /** Engine and version, for example `postgres 17.4`. */
  readonly subject: string;
  /** Whether the cloud refuses to create it on the day of the check. */
  readonly createRefused: boolean;
}

/** Days before its end from which a version is announced. */
export const noticeDays = 180;

interface VersionUse {
  readonly engine: string;
  readonly version: string;
  /** What moves the estate on, as an instruction. */
  readonly remedy: (successor: string) => string;
  readonly table: Readonly<Record<string, Lifecycle>>;
}

function usesOf(settings: AccountSettings): readonly VersionUse[] {
  return [
    {
      engine: 'lambda',
      version: settings.runtime,
      remedy: (successor) => `set runtime to ${successor} (for a trial: -c runtime=${successor.split(' ')[0]})`,
      table: lambdaRuntimes,
    },
    {
      engine: 'postgres',
      version: settings.databases.engineVersion,
      remedy: (successor) => `set databases.engineVersion to ${successor} (for a trial: -c engineVersion=${successor})`,
      table: postgresVersions,
    },
    {
      engine: 'redis',
      version: cache.engineVersion,
      remedy: (successor) => `move the row of ${cache.name} in lib/estate/databases.ts to ${successor}`,
      table: redisVersions,
    },
  ];
}

/**
 * Versions in use that are withdrawn, or will be within {@link noticeDays} days.
 *
 * An error when creation is refused or the version is not in the tables, a warning before that. An acknowledged version
 * is never more than a warning, and its message gives the reason.
 *
 * @param today ISO date: the committed review date in synth, today's in commands
 */
export function checkLifecycles(settings: AccountSettings, today: string = reviewDate): readonly LifecycleFinding[] {
  return usesOf(settings).flatMap((use) => findingOf(use, today));
}

function findingOf(use: VersionUse, today: string): readonly LifecycleFinding[] {
  const subject = `${use.engine} ${use.version}`;
  const row = use.table[use.version];
  const id = `lifecycle-${use.engine}`;
  if (row === undefined) {
    return [
      {
        id,
        subject,
        level: 'error',
        createRefused: false,
        message: `${subject} is in no lifecycle table, got: ${use.version}. Known: ${Object.keys(use.table).join(', ')}. Add it with its dates and source to lib/policy/lifecycles.ts.`,
      },
    ];
  }
  const level = levelOf(row, today);
  if (level === undefined) return [];
  const createRefused = isPast(row.createRefused, today);
  const reason = acknowledgedVersions[subject];
  const acknowledged = level === 'error' && reason !== undefined;
  return [
    {
      id,
      subject,
      level: acknowledged ? 'warning' : level,
      createRefused,
      message: [
        `${subject}: ${datesOf(row, today)}.`,
        ...(row.note ? [`${row.note}.`] : []),
        ...(acknowledged ? [`Acknowledged: ${reason}.`] : []),
        `To move on, ${row.successor ? use.remedy(row.successor) : 'choose a later version'}.`,
      ].join(' '),
    },
  ];
}

const isPast = (date: string | undefined, today: string): boolean => date !== undefined && date <= today;

function levelOf(
  { ends, createRefused, updateRefused }: Lifecycle,
  today: string,
): LifecycleFinding['level'] | undefined {
  if (isPast(createRefused, today) || isPast(updateRefused, today)) return 'error';
  if (isPast(ends, today)) return 'warning';
  if (ends === undefined) return undefined;
  const days = (Date.parse(ends) - Date.parse(today)) / 86_400_000;
  return days <= noticeDays ? 'warning' : undefined;
}

function datesOf({ ends, createRefused, updateRefused, confidence }: Lifecycle, today: string): string {
  const event = (date: string | undefined, past: string, future: string): string[] =>
    date === undefined ? [] : [`${isPast(date, today) ? past : future} ${date}`];
  const dates = [
    ...event(ends, 'support ended on', 'support ends on'),
    ...event(createRefused, 'creation is refused since', 'creation is refused from'),
    ...event(updateRefused, 'updates are refused since', 'updates are refused from'),
  ].join(', ');
  return confidence === 'documented' ? dates : `${dates} (inferred, not documented)`;
}
