import type { CognitiveAccount } from '@cdktf/provider-azurerm/lib/cognitive-account';
import { DataAzurermClientConfig } from '@cdktf/provider-azurerm/lib/data-azurerm-client-config';
import type { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import { Annotations, DISABLE_STACK_TRACE_IN_METADATA, type TerraformElement, TerraformStack } from 'cdktf';
import { Construct, Node } from 'constructs';
import type { AzureEstate } from '../lib/estate/azure-estate';
import { hasReached } from '../lib/estate/azure-link';
import { azureRegions } from '../lib/estate/azure-settings';
import type { Deliverer } from '../lib/estate/delivery';
import { assertAzureSettings, azureNotices } from '../lib/policy/azure';
import { checkAzureTerraform } from '../lib/policy/azure-terraform';
import { configureBackend } from './backend';
import { Callers } from './callers';
import { DeliveryIdentities } from './delivery-identities';
import { Link } from './gateway';
import { group } from './group';
import { mendedHcl } from './hcl';
import { importExisting } from './imports';
import { Monitoring } from './monitoring';
import { PrivateNetwork } from './network';
import { declareOutputs } from './outputs';
import { configureProvider, terraformVersions } from './provider';
import { addRegion } from './region';
import { addWorkbook } from './workbook';

export interface AzureStackProps {
  readonly estate: AzureEstate;
  /** Whose pipeline plans and applies. @default nobody's */
  readonly delivery?: Deliverer;
}

/** Everything in Azure: audit section 10. The only stack of its app, so that the CLI needs no name. */
export class AzureStack extends TerraformStack {
  readonly resourceGroup: ResourceGroup;
  /** The first region's. */
  readonly account: CognitiveAccount;

  /**
   * @throws when the settings break a rule, naming every setting, its value and the remedy
   */
  constructor(scope: Construct, id: string, { estate, delivery }: AzureStackProps) {
    super(scope, id);
    assertAzureSettings(estate);
    const { settings } = estate;

    // A stack trace under a notice helps nobody, and it writes the paths of this machine into the output.
    this.node.setContext(DISABLE_STACK_TRACE_IN_METADATA, true);
    configureBackend(this, settings);
    configureProvider(this, settings);

    const resourceGroup = group(this, settings);
    const client = new DataAzurermClientConfig(this, 'client');
    const network = settings.connectivity.privateEndpoint
      ? new PrivateNetwork(this, 'network', { settings, resourceGroup })
      : undefined;
    const link =
      network && hasReached(settings.connectivity.link.stage, 'gateway')
        ? new Link(this, 'link', { settings, resourceGroup, virtualNetwork: network.virtualNetwork })
        : undefined;
    const callers = new Callers(this, 'callers', { estate, resourceGroup });
    const monitoring = new Monitoring(this, 'monitoring', { estate, resourceGroup });
    const [primary, ...others] = azureRegions(settings).map((region) =>
      addRegion(region.key === 'primary' ? this : new Construct(this, region.key), {
        estate,
        region,
        resourceGroup,
        network,
        callers,
        monitoring,
      }),
    );
    if (primary === undefined) throw new Error('Azure needs a first region, got: none.');
    const regions = [primary, ...others];
    addWorkbook(this, { settings, resourceGroup, accounts: regions.map(({ account }) => account) });
    declareOutputs(this, { settings, client, regions, callers, link, monitoring });
    this.resourceGroup = resourceGroup;
    this.account = primary.account;

    if (delivery) new DeliveryIdentities(this, 'delivery', { settings, delivery, resourceGroup, client });

    importExisting(this, settings);
    for (const notice of azureNotices(estate)) Annotations.of(this).addWarning(notice);
    this.node.addValidation({ validate: () => [...checkAzureTerraform(this.toTerraform())] });
  }

  override toHclTerraform(): ReturnType<TerraformStack['toHclTerraform']> {
    const rendered = super.toHclTerraform();
    return { ...rendered, hcl: mendedHcl(rendered.hcl, terraformVersions) };
  }

  /**
   * Addresses without the hash that CDKTF appends: they are what people read in a plan, and what an import names.
   * They stay unique, because a path is.
   */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = element instanceof Node ? element : element.node;
    return node.scopes
      .slice(node.scopes.indexOf(this) + 1)
      .map((scope) => scope.node.id)
      .join('_');
  }
}
