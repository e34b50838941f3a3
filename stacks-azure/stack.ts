import {
  Annotations,
  DISABLE_STACK_TRACE_IN_METADATA,
  LocalBackend,
  type TerraformElement,
  TerraformStack,
} from 'cdktf';
import { type Construct, Node } from 'constructs';
import type { AzureSettings } from '../lib/estate/azure-settings';
import { assertAzureSettings, azureNotices } from '../lib/policy/azure';
import { checkAzureTerraform } from '../lib/policy/azure-terraform';
import { OpenAiAccount } from './account';
import { ModelDeployments } from './deployments';
import { group } from './group';
import { Monitoring } from './monitoring';
import { PrivateNetwork } from './network';
import { declareOutputs } from './outputs';
import { configureProvider } from './provider';

export interface AzureStackProps {
  readonly settings: AzureSettings;
}

/** Everything in Azure: audit section 10. The only stack of its app, so that the CLI needs no name. */
export class AzureStack extends TerraformStack {
  /**
   * @throws when the settings break a rule, naming every setting, its value and the remedy
   */
  constructor(scope: Construct, id: string, { settings }: AzureStackProps) {
    super(scope, id);
    assertAzureSettings(settings);

    // A stack trace under a notice helps nobody, and it writes the paths of this machine into the output.
    this.node.setContext(DISABLE_STACK_TRACE_IN_METADATA, true);
    // The default is an absolute path, which would differ from machine to machine; this one is read from the folder
    // that Terraform runs in, and leads to the root of the repository.
    new LocalBackend(this, { path: `../../../terraform.${id}.tfstate` });
    configureProvider(this, settings);

    const resourceGroup = group(this, settings);
    const account = new OpenAiAccount(this, 'account', { settings, resourceGroup });
    const network = settings.connectivity.privateEndpoint
      ? new PrivateNetwork(this, 'network', { settings, resourceGroup, account: account.resource })
      : undefined;
    const deployments = new ModelDeployments(this, 'deployments', {
      settings,
      account: account.resource,
      // Two changes to one account at a time can fail with 409, and the endpoint's connection is one.
      after: network ? [network.endpoint] : [],
    });
    const monitoring = new Monitoring(this, 'monitoring', { settings, resourceGroup, account: account.resource });

    declareOutputs(this, { settings, account: account.resource, network, deployments, monitoring });

    for (const notice of azureNotices(settings)) Annotations.of(this).addWarning(notice);
    this.node.addValidation({ validate: () => [...checkAzureTerraform(this.toTerraform())] });
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
