import { exact, formatCount } from '../money';
import { millions, type Pricer } from './pricing';
import { block, decimal, list, text } from './values';

const includedRetentionDays = 31;
const daysPerMonth = '30.4166666667';
/** SKUs that bill per token; the others bill reserved throughput by the hour. */
const perToken = /^(Global|DataZone)?Standard$/;

/** The account itself is free: a model bills the tokens that its deployment reads and writes. */
export const modelDeployment: Pricer = (bill, { properties }) => {
  const { stack } = bill.surroundings;
  const model = text(block(properties.model).name, stack) ?? 'unknown model';
  const sku = text(block(properties.sku).name ?? block(properties.scale).type, stack) ?? 'Standard';
  if (!perToken.test(sku)) {
    bill.unpriced(`azurerm_cognitive_deployment: ${model} with ${sku}`);
    return;
  }
  if (sku !== 'GlobalStandard') bill.note(`${sku} costs about a tenth more than the price of GlobalStandard shown`);
  const input = bill.assumption('tokens.input');
  const cached = bill.assumption('tokens.cached');
  const output = bill.assumption('tokens.output');
  bill.used(`azure.openai.${model}.input`, millions(input), `${formatCount(input)} tokens in`);
  if (cached.gt(0)) bill.used(`azure.openai.${model}.cached`, millions(cached), `${formatCount(cached)} cached tokens`);
  bill.used(`azure.openai.${model}.output`, millions(output), `${formatCount(output)} tokens out`);
  const capacity = decimal(block(properties.sku).capacity, stack);
  if (capacity !== undefined) bill.note(`the capacity of ${capacity},000 tokens a minute is a limit, not a charge`);
};

export const privateEndpoint: Pricer = (bill) => {
  const gigabytes = bill.assumption('endpoint.gigabytes');
  bill.hourly('azure.private-endpoint', '1', 'private endpoint');
  bill.used('azure.private-endpoint.data', gigabytes.times(2), `${gigabytes} GB each way`);
};

export const privateDnsZone: Pricer = (bill) => {
  const queries = bill.assumption('zone.queries');
  bill.fixed('azure.private-dns-zone', '1', 'private zone');
  bill.used('azure.dns-query', millions(queries), `${formatCount(queries)} queries`);
};

export const logWorkspace: Pricer = (bill, { properties }) => {
  const gigabytes = bill.assumption('workspace.gigabytes');
  bill.used('azure.logs.ingested', gigabytes, `${gigabytes} GB in`);
  const days = Number(decimal(properties.retention_in_days, bill.surroundings.stack) ?? '30');
  if (days > includedRetentionDays) {
    const months = exact(String(days - includedRetentionDays)).div(daysPerMonth);
    bill.used(
      'azure.logs.retained',
      gigabytes.times(months),
      `${gigabytes} GB x ${days - includedRetentionDays} days beyond 31`,
    );
  }
  if (properties.daily_quota_gb === undefined) bill.note('no daily cap: a flood of logs is billed in full');
};

/** Application Insights that writes into a workspace is billed there. */
export const insights: Pricer = (bill, { properties }) => {
  if (properties.workspace_id !== undefined) {
    bill.note('billed with its workspace');
    return;
  }
  const gigabytes = bill.assumption('workspace.gigabytes');
  bill.used('azure.insights.ingested', gigabytes, `${gigabytes} GB in`);
};

export const metricAlert: Pricer = (bill, { properties }) => {
  const count = Math.max(1, list(properties.criteria).length + list(properties.dynamic_criteria).length);
  bill.fixed('azure.metric-alert', String(count), `${count} time series`);
};

export const logAlert: Pricer = (bill, { properties }) => {
  const { stack } = bill.surroundings;
  const written = text(properties.evaluation_frequency, stack) ?? decimal(properties.frequency, stack) ?? 'PT15M';
  const minutes = Number(/^PT(\d+)M$/.exec(written)?.[1] ?? (/^\d+$/.test(written) ? written : '60'));
  bill.fixed(`azure.log-alert.${minutes >= 15 ? 15 : minutes >= 10 ? 10 : 5}`, '1', `every ${minutes} minutes`);
};

export const publicIp: Pricer = (bill) => bill.hourly('azure.public-ip', '1', 'static address');

export const natGateway: Pricer = (bill) => {
  const gigabytes = bill.assumption('gateway.gigabytes');
  bill.hourly('azure.nat.hour', '1', 'NAT gateway');
  bill.used('azure.nat.data', gigabytes, `${gigabytes} GB`);
};

export const vpnGateway: Pricer = (bill, { properties }) => {
  const sku = text(properties.sku, bill.surroundings.stack) ?? 'unknown SKU';
  const gigabytes = bill.assumption('gateway.gigabytes');
  bill.hourly(`azure.vpn.${sku}`, properties.active_active === true ? '2' : '1', sku);
  bill.used('azure.vpn.transfer', gigabytes, `${gigabytes} GB`);
};

export const vpnConnection: Pricer = (bill) => bill.note('the first ten tunnels of a gateway are free');
