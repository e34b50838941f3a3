import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { ConsolidationStop } from '../errors';
import { type Side, sides } from '../phases';
import type { InstanceFacts } from '../ports';
import type { ConsolidationClients } from './clients';

/**
 * The account that the credentials belong to, which must be the one that the settings name. Nothing else is asked before.
 *
 * @throws ConsolidationStop `wrong-account`
 */
export async function assertAccount(sts: ConsolidationClients['sts'], wanted: string): Promise<void> {
  const { Account } = await sts.send(new GetCallerIdentityCommand({}));
  if (Account === wanted) return;
  throw new ConsolidationStop(
    'wrong-account',
    `The credentials must belong to account ${wanted}, got: ${Account ?? 'no account'}.`,
  );
}

/** Statuses in which an instance is usable, or soon will be, without anybody's doing. */
const passing = ['available', 'backing-up', 'configuring-log-exports', 'modifying', 'rebooting', 'maintenance'];

/**
 * Refuses a pair that RDS already shows to be wrong, before anything is changed.
 *
 * @throws ConsolidationStop naming the instance, what was found and what to do
 */
export function assertPair(facts: Readonly<Record<Side, InstanceFacts>>, account: string): void {
  const { source, target } = facts;
  for (const side of sides) {
    if (facts[side].account !== account) {
      throw new ConsolidationStop(
        'wrong-account',
        `${facts[side].identifier} must be in account ${account}, got: ${facts[side].account}.`,
      );
    }
  }
  if (source.identifier === target.identifier) {
    throw new ConsolidationStop('bad-input', `Source and target must differ, got: ${source.identifier} twice.`);
  }
  if (source.encrypted && !target.encrypted) {
    throw new ConsolidationStop(
      'swapped',
      `Source and target are swapped: ${source.identifier} is encrypted and ${target.identifier} is not.`,
    );
  }
  if (!target.encrypted) {
    throw new ConsolidationStop(
      'not-encrypted',
      `The target must be encrypted, got: ${target.identifier}, which is not.`,
    );
  }
  assertVersions(source, target);
  for (const side of sides) {
    const { identifier, status, backupRetentionDays } = facts[side];
    if (!passing.includes(status)) {
      throw new ConsolidationStop('entry-check', `${identifier} must be available, got: status ${status}.`);
    }
    if (backupRetentionDays === 0) {
      throw new ConsolidationStop(
        'entry-check',
        `${identifier} must have automated backups, got: 0 days.`,
        'Deploy the data stack, whose rows have 7 days, then run again.',
      );
    }
  }
}

/** Oldest version whose subscriptions know `origin = none`, without which the reverse leg would send rows round. */
const oldestMajor = 16;

/**
 * Logical replication goes between versions, but the reverse leg goes down as well as up, and dumped definitions of a
 * newer version may not load into an older one: both must be of one major version.
 */
function assertVersions(source: InstanceFacts, target: InstanceFacts): void {
  const major = ({ engineVersion }: InstanceFacts): number => Number(engineVersion.split('.')[0]);
  const found = `${source.identifier} ${source.engineVersion}, ${target.identifier} ${target.engineVersion}`;
  if (major(source) !== major(target)) {
    throw new ConsolidationStop(
      'bad-input',
      `Both instances must run the same major version of PostgreSQL, got: ${found}.`,
      'Upgrade the older one first. Nothing was changed.',
    );
  }
  if (!(major(source) >= oldestMajor)) {
    throw new ConsolidationStop(
      'bad-input',
      `PostgreSQL ${oldestMajor} or later is needed on both, got: ${found}.`,
      'Upgrade both first. Nothing was changed.',
    );
  }
}
