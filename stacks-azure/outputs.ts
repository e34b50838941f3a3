import type { DataAzurermClientConfig } from '@cdktf/provider-azurerm/lib/data-azurerm-client-config';
import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import type { AzureSettings } from '../lib/estate/azure-settings';
import type { Callers } from './callers';
import type { Link } from './gateway';
import type { Monitoring } from './monitoring';
import type { OpenAiRegion } from './region';

export interface OutputsProps {
  readonly settings: AzureSettings;
  readonly client: DataAzurermClientConfig;
  readonly regions: readonly OpenAiRegion[];
  readonly callers: Callers;
  readonly link: Link | undefined;
  readonly monitoring: Monitoring;
}

interface Output {
  readonly name: string;
  readonly value: string | readonly string[];
  readonly description: string;
}

/** What AWS needs to know, under names that its settings and runbooks quote. None of it is a secret. */
export function declareOutputs(scope: Construct, props: OutputsProps): void {
  const { settings, client, regions, callers, link, monitoring } = props;
  const outputs: readonly Output[] = [
    { name: 'api_version', value: settings.apiVersion, description: 'AZURE_API_VERSION of every caller' },
    {
      name: 'tenant_id',
      value: client.tenantId,
      description: 'AZURE_TENANT_ID of every caller: hybrid.identity.tenantId',
    },
    {
      name: 'client_id',
      value: callers.identity.clientId,
      description: 'AZURE_CLIENT_ID of every caller: hybrid.identity.clientId',
    },
    {
      name: 'log_analytics_workspace_id',
      value: monitoring.workspace.id,
      description: 'Resource id of the Log Analytics workspace',
    },
    ...regions.flatMap(regionOutputs),
    ...(link
      ? [
          {
            name: 'vpn_gateway_addresses',
            value: link.addresses.map((address) => address.ipAddress),
            description: 'Public addresses of the gateway: azure.connectivity.link.gatewayAddresses',
          },
        ]
      : []),
  ];
  for (const { name, value, description } of outputs) new TerraformOutput(scope, name, { value, description });
}

function regionOutputs({ region, account, deployments, endpoint }: OpenAiRegion): readonly Output[] {
  const second = region.key === 'secondary';
  const name = (text: string): string => (second ? `secondary_${text}` : text);
  const whose = second ? 'in the second region' : 'of every caller';
  return [
    { name: name('endpoint'), value: account.endpoint, description: `AZURE_OPENAI_ENDPOINT ${whose}` },
    {
      name: name('deployment_premium'),
      value: deployments.byTier.premium.name,
      description: `AZURE_DEPLOYMENT_PREMIUM ${whose}`,
    },
    {
      name: name('deployment_standard'),
      value: deployments.byTier.standard.name,
      description: `AZURE_DEPLOYMENT_STANDARD ${whose}`,
    },
    { name: name('account_id'), value: account.id, description: 'Resource id of the Azure OpenAI account' },
    ...(endpoint
      ? [
          {
            name: name('private_endpoint_address'),
            value: endpoint.privateServiceConnection.privateIpAddress,
            description:
              'Address that the endpoint resolves to over a link; it changes when the private endpoint is replaced',
          },
        ]
      : []),
  ];
}
