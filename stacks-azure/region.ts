import type { CognitiveAccount } from '@cdktf/provider-azurerm/lib/cognitive-account';
import type { PrivateEndpoint } from '@cdktf/provider-azurerm/lib/private-endpoint';
import type { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import type { Construct } from 'constructs';
import { contentFilterName } from '../lib/estate/azure-content-filter';
import type { AzureEstate } from '../lib/estate/azure-estate';
import type { AzureRegion } from '../lib/estate/azure-settings';
import { OpenAiAccount } from './account';
import { addAlerts } from './alerts';
import type { Callers } from './callers';
import { contentFilter } from './content-filter';
import { ModelDeployments } from './deployments';
import { lockAccount } from './lock';
import type { Monitoring } from './monitoring';
import type { PrivateNetwork } from './network';

export interface RegionProps {
  readonly estate: AzureEstate;
  readonly region: AzureRegion;
  readonly resourceGroup: ResourceGroup;
  readonly network: PrivateNetwork | undefined;
  readonly callers: Callers;
  readonly monitoring: Monitoring;
}

/** An account and all that belongs to it alone. */
export interface OpenAiRegion {
  readonly region: AzureRegion;
  readonly account: CognitiveAccount;
  readonly deployments: ModelDeployments;
  readonly endpoint: PrivateEndpoint | undefined;
}

/**
 * One account with its content filter, deployments, private endpoint, logs, alerts and lock; the same for each region.
 *
 * @param scope the stack for the first region, so that its addresses are short; a construct for a further one
 */
export function addRegion(scope: Construct, props: RegionProps): OpenAiRegion {
  const { estate, region, resourceGroup, network, callers, monitoring } = props;
  const { settings } = estate;
  const account = new OpenAiAccount(scope, 'account', { estate, region, resourceGroup }).resource;
  const endpoint = network?.endpoint(scope, 'private-endpoint', region, account);
  const filter = contentFilter(scope, account, settings.contentFilter, settings.tags);
  const deployments = new ModelDeployments(scope, 'deployments', {
    region,
    account,
    contentFilter: contentFilterName(settings.contentFilter),
    // Two changes to one account at a time can fail with 409, and the endpoint's connection and the filter are two.
    after: [...(endpoint ? [endpoint] : []), ...(filter ? [filter] : [])],
  });
  const admission = callers.admit(scope, 'callers-role', account);
  const record = monitoring.record(scope, 'openai-to-logs', region, account);
  addAlerts(scope, { settings, region, resourceGroup, account, actionGroup: monitoring.actionGroup });
  lockAccount(scope, {
    settings,
    region,
    account,
    children: [
      ...Object.values(deployments.byTier),
      admission,
      record,
      ...(filter ? [filter] : []),
      ...(endpoint ? [endpoint] : []),
    ],
  });
  return { region, account, deployments, endpoint };
}
