import { CfnManagedPolicy, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { secretArnPattern } from '../lib/constructs/permission';
import { pinnedLogicalId } from '../lib/constructs/stateful';
import { azureEstateOf } from '../lib/estate/azure-estate';
import { tasks } from '../lib/estate/compute';
import { modelledFunctions } from '../lib/estate/functions';
import {
  callerGrants,
  hybridCallers,
  hybridParameterPath,
  hybridParameterValues,
  hybridStack,
  providerKeySecrets,
  rollbackParameterName,
  tokenExchange,
} from '../lib/estate/hybrid';
import type { AccountSettings } from '../lib/estate/settings';
import { assertAzureSettings } from '../lib/policy/azure';
import { AzureLink } from './azure-link';
import { EstateStack } from './estate-stack';

/** Name of the policy that lets a role call Azure. */
const callerPolicyName = 'huntaze-azure-openai-caller';

/**
 * AWS's side of Azure OpenAI: what callers must know, what their roles may do, and the link.
 *
 * It deploys after the stacks that hold the roles. The account's outbound federation is no resource of CloudFormation:
 * `estate hybrid federation` switches it.
 */
export class AzureAccessStack extends EstateStack {
  /** @throws when the Azure settings break a rule: half of a link is worth nothing */
  constructor(scope: Construct, id: string, props: { readonly settings: AccountSettings }) {
    super(scope, id, hybridStack, {
      ...props,
      description: 'Huntaze estate: AWS side of Azure OpenAI, with no stored key',
    });
    assertAzureSettings(azureEstateOf(props.settings));
    for (const [name, value] of Object.entries(hybridParameterValues(props.settings))) this.publish(name, value);
    this.admitCallers();
    new AzureLink(this, 'Link', props);
  }

  private admitCallers(): void {
    const { region, account } = this;
    const parameter = (name: string): string => `arn:aws:ssm:${region}:${account}:parameter${name}`;
    const settings = hybridParameterPath.replace(/\/$/, '');
    const policy = new CfnManagedPolicy(this, 'CallerPolicy', {
      managedPolicyName: callerPolicyName,
      description: 'Get a token for Azure OpenAI, read the settings of the hybrid, fall back to the providers of today',
      roles: callerRoles(this.settings),
      policyDocument: new PolicyDocument({
        statements: [
          new PolicyStatement({
            sid: 'TokenForEntra',
            actions: ['sts:GetWebIdentityToken'],
            // STS has no resource for it; the conditions say which token.
            resources: ['*'],
            conditions: {
              // Both: the first holds for a request without any audience too.
              'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': tokenExchange.audience },
              Null: { 'sts:IdentityTokenAudience': 'false' },
              StringEquals: { 'sts:SigningAlgorithm': tokenExchange.signingAlgorithm },
              NumericLessThanEquals: { 'sts:DurationSeconds': String(tokenExchange.durationSeconds) },
            },
          }),
          new PolicyStatement({
            sid: 'ReadSettings',
            actions: [...callerGrants.readSettings],
            resources: [parameter(settings), parameter(`${settings}/*`)],
          }),
          new PolicyStatement({
            sid: 'LatchRollback',
            actions: [...callerGrants.latchRollback],
            resources: [parameter(rollbackParameterName)],
          }),
          new PolicyStatement({
            sid: 'ReadProviderKeys',
            actions: [...callerGrants.readProviderKeys],
            resources: Object.values(providerKeySecrets).map((name) => secretArnPattern({ region, account }, name)),
          }),
        ],
      }),
    });
    policy.overrideLogicalId(pinnedLogicalId('Policy', callerPolicyName));
  }
}

/**
 * Roles of the callers: the policy is attached to them by name.
 *
 * @throws for a caller of ours whose role no row makes; one of the settings stands outside this estate
 */
function callerRoles({ hybrid }: AccountSettings): string[] {
  const made = new Set([...modelledFunctions.map(({ role }) => role), ...tasks.map(({ taskRole }) => taskRole)]);
  const added = new Set(hybrid.callers.map(({ role }) => role));
  return hybridCallers(hybrid).map(({ name, role }) => {
    if (!made.has(role) && !added.has(role)) {
      throw new Error(
        `Caller ${name} has a role that nothing makes, got: ${role}. Give it a row in lib/estate/functions.ts or lib/estate/compute.ts.`,
      );
    }
    return role;
  });
}
