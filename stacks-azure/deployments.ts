import type { CognitiveAccount } from '@cdktf/provider-azurerm/lib/cognitive-account';
import { CognitiveDeployment } from '@cdktf/provider-azurerm/lib/cognitive-deployment';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Tier } from '../lib/estate/azure';
import { type AzureRegion, deploymentName, tiers } from '../lib/estate/azure-settings';

export interface ModelDeploymentsProps {
  readonly region: AzureRegion;
  readonly account: CognitiveAccount;
  /** Name of the content filter that they carry. */
  readonly contentFilter: string;
  /** What must stand before the first deployment. */
  readonly after: readonly ITerraformDependable[];
}

/**
 * One deployment per tier, each made after the one before: Azure answers 409 to two at a time.
 *
 * They may be destroyed: a deployment holds no data, and moving a tier to another model replaces it.
 */
export class ModelDeployments extends Construct {
  readonly byTier: Readonly<Record<Tier, CognitiveDeployment>>;

  constructor(scope: Construct, id: string, { region, account, contentFilter, after }: ModelDeploymentsProps) {
    super(scope, id);
    let before = after;
    const deploy = (tier: Tier): CognitiveDeployment => {
      const { model, version, skuName, capacity } = region.tiers[tier];
      const deployment = new CognitiveDeployment(this, tier, {
        name: deploymentName(region, tier),
        cognitiveAccountId: account.id,
        model: { format: 'OpenAI', name: model, version },
        sku: { name: skuName, capacity },
        raiPolicyName: contentFilter,
        // The provider's default lets Azure move a pinned version as soon as a new default appears.
        versionUpgradeOption: 'NoAutoUpgrade',
        dependsOn: [...before],
      });
      before = [deployment];
      return deployment;
    };
    this.byTier = Object.fromEntries(tiers.map((tier) => [tier, deploy(tier)])) as Record<Tier, CognitiveDeployment>;
  }
}
