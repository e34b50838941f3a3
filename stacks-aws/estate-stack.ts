import { DefaultStackSynthesizer, PermissionsBoundary, Stack, type StackProps } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { DeployTimeValues } from '../lib/constructs/deploy-time';
import { deliveryNames, isDeliverer } from '../lib/estate/delivery';
import { stackParameterName } from '../lib/estate/published';
import type { AccountSettings } from '../lib/estate/settings';
import { requiredParameterName } from '../lib/estate/support';

/** Stacks of the estate, by the part of it that they hold. */
export type StackKey =
  | 'network'
  | 'secrets'
  | 'messaging'
  | 'data'
  | 'compute'
  | 'functions'
  | 'azure-access'
  | 'edge'
  | 'storage'
  | 'monitoring';

/** Names of earlier stacks (`huntaze-posts`, `huntaze-publishers`…) are taken in the account; ours have a prefix of their own. */
export const stackNamePrefix = 'huntaze-estate-';

export interface EstateStackProps {
  readonly settings: AccountSettings;
  readonly description: string;
}

/**
 * A stack of the estate.
 *
 * Stacks know one another by physical names and by SSM parameters, never by CloudFormation exports: an export ties two
 * stacks together, so that neither can be imported, deployed or reverted alone.
 */
export abstract class EstateStack extends Stack {
  protected readonly settings: AccountSettings;

  constructor(
    scope: Construct,
    id: string,
    private readonly key: StackKey,
    { settings, description }: EstateStackProps,
  ) {
    super(scope, id, {
      stackName: `${stackNamePrefix}${key}`,
      description,
      env: { account: settings.account, region: settings.region },
      synthesizer: new DefaultStackSynthesizer({ qualifier: settings.bootstrapQualifier }),
      // The pipeline's CloudFormation role makes no role without it.
      ...(isDeliverer(settings.delivery) && {
        permissionsBoundary: PermissionsBoundary.fromName(deliveryNames.workloadBoundary),
      }),
    } satisfies StackProps);
    this.settings = settings;
  }

  /** What constructs may read at deploy time. */
  protected readonly deployTime: DeployTimeValues = {
    required: (key) => this.required(key),
    published: (stack, name) => this.published(stack, name),
  };

  /** Tells other stacks an id that AWS generates. */
  protected publish(name: string, value: string): void {
    new StringParameter(this, `Published-${name}`, {
      parameterName: stackParameterName(this.key, name),
      stringValue: value,
    });
  }

  /** An id that another stack published, read at deploy time. The caller's stack must depend on that stack. */
  protected published(stack: StackKey, name: string): string {
    return StringParameter.valueForStringParameter(this, stackParameterName(stack, name));
  }

  /** A value that only the account knows, read at deploy time; a missing one stops the deploy with its name. */
  protected required(key: string): string {
    return StringParameter.valueForStringParameter(this, requiredParameterName(key));
  }
}
