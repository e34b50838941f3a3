import type { BlueGreen } from '../aws/blue-green';
import type { DeployGuard } from '../aws/deploy-guard';
import { ConsolidationStop } from '../errors';
import type { PlanInput, Strategy, StrategyPlan, StrategyRun } from '../ports';
import type { Evidence } from '../state';
import { admitDeploys, assertFlag, costOfAnotherInstance, forbidDeploys, namesOf } from './support';

export interface BlueGreenAccount {
  readonly blueGreen: BlueGreen;
  readonly guard: DeployGuard;
}

/** Id of the finding by whose acceptance somebody says that this account encrypts by blue/green deployments. */
export const provenId = 'blue-green-encrypts';

/**
 * Lets RDS copy the plain instance into an encrypted one, follow it physically, and swap the names.
 *
 * RDS's page of limitations says that an unencrypted instance cannot become an encrypted one; the API reference of
 * `TargetKmsKeyId` says that it can. So it counts as possible only where somebody has seen it, and the run looks again
 * before it switches.
 */
export const blueGreen = (account: BlueGreenAccount): Strategy => ({
  id: 'blue-green',
  title: 'blue/green deployment with a KMS key',
  replacesInstance: true,
  plan,
  run: (context) => run(account, context),
  async assertWayBack({ world }) {
    const { identifier, encrypted } = await world.instances.describe('source');
    if (!encrypted) return;
    throw new ConsolidationStop(
      'no-way-back',
      `The names were swapped: ${identifier} is the encrypted instance and takes the writes.`,
      'Stay with it and import it as found (docs/consolidation-infrastructure.md).',
    );
  },
  async back(context) {
    await context.step('forget the deployment', () => account.blueGreen.forget(namesOf(context.state).deployment));
    await admitDeploys(context, account.guard);
  },
});

function plan(input: PlanInput): StrategyPlan {
  const { source } = input.facts;
  return {
    strategy: 'blue-green',
    title: 'blue/green deployment with a KMS key',
    steps: [
      { title: 'forbid deploys of the data stack', outage: false },
      { title: `RDS makes an encrypted green instance of ${source.identifier} and follows it`, outage: false },
      { title: 'see that the green instance is encrypted with the key', outage: false },
      { title: 'RDS stops writes, swaps the names, and goes on', outage: true },
      { title: 'protect both, forget the deployment', outage: false },
      { title: 'import the instance; deploys stay forbidden until then', outage: false },
    ],
    outage: {
      fromSeconds: 10,
      toSeconds: 300,
      basis:
        'RDS user guide: typically under a minute; the run gives RDS 300 s, after which it leaves everything as it was',
    },
    risks: input.findings.filter(({ gravity }) => gravity !== 'handled'),
    cost: costOfAnotherInstance,
    objections: objections(input),
    backLosesWrites: true,
  };
}

/** What stands against it. It excludes logical replication at the same time, and it does not know the old target. */
function objections({ facts: { source, target }, quarantined, accepted, findings }: PlanInput): string[] {
  const legs = findings.filter(({ id }) => /^leftovers(:|$)/.test(id)).map(({ id }) => id);
  return [
    ...(accepted.includes(provenId)
      ? []
      : [
          `Nobody has said that this account encrypts by blue/green deployments: RDS's page of limitations denies it, the API reference affirms it. Try it on an instance restored from a snapshot, then give --accept ${provenId}.`,
        ]),
    ...(quarantined
      ? []
      : [
          `${target.identifier} holds rows that nobody has set aside: RDS copies ${source.identifier} alone. Run the phase quarantine first.`,
        ]),
    ...(source.encrypted ? [`${source.identifier} is encrypted already.`] : []),
    ...(legs.length > 0
      ? [`A blue instance may not publish or subscribe, got: ${legs.join(', ')}. Roll back the replication first.`]
      : []),
    ...(target.kmsKeyId === undefined ? [`${target.identifier} names no key for the green instance.`] : []),
    ...(source.backupRetentionDays === 0 ? [`${source.identifier} has no automated backups, which RDS asks for.`] : []),
  ];
}

async function run({ blueGreen: rds, guard }: BlueGreenAccount, context: StrategyRun): Promise<Evidence> {
  const { world, state, step } = context;
  if (state.accepted[provenId] === undefined) {
    throw new ConsolidationStop(
      'survey-blocks',
      'Nobody has said that this account encrypts by blue/green deployments.',
      `Try it on an instance restored from a snapshot, then give --accept ${provenId}.`,
    );
  }
  const { deployment } = namesOf(state);
  const { identifier, encrypted } = await world.instances.describe('source');
  await forbidDeploys(context, guard, `another ${identifier}`);
  // A name that shows an encrypted instance was swapped by a run that died afterwards: nothing is made again.
  const made = encrypted ? {} : await makeAndSwitch(rds, context, deployment, identifier);
  const deployments = await step('deploy the services anew', () => world.endpoint.redeploy());
  await step('protect what serves', () => world.instances.protect('source'));
  await step('forget the deployment', () => rds.forget(deployment));
  return { serves: identifier, ...made, deployments };
}

async function makeAndSwitch(rds: BlueGreen, { state, step }: StrategyRun, deployment: string, source: string) {
  const green = await step('green instance, encrypted', () => rds.ensure(deployment, source));
  assertFlag(state, 'fence-source');
  assertFlag(state, 'open');
  const switched = await step('swap the names', () => rds.switchOver(deployment, source));
  return { ...green, ...switched };
}
