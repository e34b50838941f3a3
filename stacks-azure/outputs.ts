import type { CognitiveAccount } from '@cdktf/provider-azurerm/lib/cognitive-account';
import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import type { AzureSettings } from '../lib/estate/azure-settings';
import type { ModelDeployments } from './deployments';
import type { Monitoring } from './monitoring';
import type { PrivateNetwork } from './network';

export interface OutputsProps {
  readonly settings: AzureSettings;
  readonly account: CognitiveAccount;
  readonly network: PrivateNetwork | undefined;
  readonly deployments: ModelDeployments;
  readonly monitoring: Monitoring;
}

/** What AWS needs to know, under names that its settings and runbooks quote. None of it is a secret. */
export function declareOutputs(scope: Construct, props: OutputsProps): void {
  const { settings, account, network, deployments, monitoring } = props;
  const outputs: readonly (readonly [name: string, value: string, description: string])[] = [
    ['endpoint', account.endpoint, 'AZURE_OPENAI_ENDPOINT of every caller'],
    ['api_version', settings.apiVersion, 'AZURE_API_VERSION of every caller'],
    ['deployment_premium', deployments.byTier.premium.name, 'AZURE_DEPLOYMENT_PREMIUM of every caller'],
    ['deployment_standard', deployments.byTier.standard.name, 'AZURE_DEPLOYMENT_STANDARD of every caller'],
    ['account_id', account.id, 'Resource id of the Azure OpenAI account'],
    ['log_analytics_workspace_id', monitoring.workspace.id, 'Resource id of the Log Analytics workspace'],
    ...(network
      ? ([
          [
            'private_endpoint_address',
            network.endpoint.privateServiceConnection.privateIpAddress,
            'Address that the endpoint resolves to over a link; it changes when the private endpoint is replaced',
          ],
        ] as const)
      : []),
  ];
  for (const [name, value, description] of outputs) new TerraformOutput(scope, name, { value, description });
}
