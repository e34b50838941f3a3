import { type Price, pricesIn } from './price';
import { article, azureTest, modelPriceList, unsourced } from './sources';

const monitorCost = article('https://monitoringcost.com/azure-monitor-cost', '2026-11-24', 'the page says about');

/** What the deployments of a model cost, per million tokens, where Azure may serve a request in any region. */
const model = (name: string, input: string, cached: string, output: string) =>
  pricesIn('global', [
    [`azure.openai.${name}.input`, input, 'million input tokens', modelPriceList()],
    [`azure.openai.${name}.cached`, cached, 'million cached input tokens', modelPriceList()],
    [`azure.openai.${name}.output`, output, 'million output tokens', modelPriceList()],
  ]);

/** Pay-as-you-go prices in eastus2. */
export const azurePrices: readonly Price[] = [
  ...model('gpt-4o', '2.50', '1.25', '10.00'),
  ...model('gpt-4o-mini', '0.15', '0.075', '0.60'),
  ...model('gpt-5.1', '1.25', '0.125', '10.00'),
  ...model('gpt-5-mini', '0.25', '0.025', '2.00'),
  ...pricesIn('eastus2', [
    ['azure.private-endpoint', '0.01', 'hour', azureTest('private_endpoint', 'westus')],
    ['azure.private-endpoint.data', '0.01', 'GB', azureTest('private_endpoint', 'westus')],
    ['azure.private-dns-zone', '0.50', 'zone-month', azureTest('private_dns_a_record', 'West Europe')],
    ['azure.dns-query', '0.40', 'million queries', azureTest('private_dns_a_record', 'West Europe')],
    ['azure.logs.ingested', '2.30', 'GB', monitorCost],
    ['azure.logs.retained', '0.10', 'GB-month beyond 31 days', monitorCost],
    ['azure.insights.ingested', '2.30', 'GB', azureTest('application_insights', 'eastus')],
    ['azure.metric-alert', '0.10', 'time series-month', azureTest('monitor_metric_alert', 'eastus')],
    ['azure.log-alert.5', '1.50', 'rule-month', azureTest('monitor_scheduled_query_rules_alert_v2', 'eastus')],
    ['azure.log-alert.10', '1.00', 'rule-month', azureTest('monitor_scheduled_query_rules_alert_v2', 'eastus')],
    ['azure.log-alert.15', '0.50', 'rule-month', azureTest('monitor_scheduled_query_rules_alert_v2', 'eastus')],
    ['azure.public-ip', '0.005', 'hour', azureTest('public_ip', 'eastus')],
    ['azure.nat.hour', '0.045', 'hour', azureTest('nat_gateway', 'West Europe')],
    ['azure.nat.data', '0.045', 'GB', azureTest('nat_gateway', 'West Europe')],
    ['azure.vpn.Basic', '0.036', 'hour', azureTest('virtual_network_gateway', 'eastus')],
    ['azure.vpn.VpnGw1', '0.19', 'hour', azureTest('virtual_network_gateway', 'eastus')],
    ['azure.vpn.VpnGw1AZ', '0.21', 'hour', azureTest('virtual_network_gateway', 'eastus')],
    ['azure.vpn.VpnGw2', '0.49', 'hour', azureTest('virtual_network_gateway', 'eastus')],
    ['azure.vpn.VpnGw3', '1.25', 'hour', azureTest('virtual_network_gateway', 'eastus')],
    ['azure.vpn.transfer', '0.035', 'GB', azureTest('virtual_network_gateway', 'eastus')],
    ['azure.key-vault.operation', '3.00', 'million operations', azureTest('key_vault_key', 'eastus')],
    [
      'azure.vpn.connection',
      '0.015',
      'tunnel-hour',
      unsourced('https://azure.microsoft.com/pricing/details/vpn-gateway/', 'the first ten tunnels are free'),
    ],
  ]),
];
