import { at } from '../../review/json';
import { formatCount } from '../money';
import { type Bill, millions, type Pricer } from './pricing';
import { list, text } from './values';

/** Interface endpoints bill per zone and hour, calls or not; gateway endpoints are free. */
export const vpcEndpoint: Pricer = (bill, { properties }) => {
  const kind = text(properties.VpcEndpointType, bill.surroundings.stack) ?? 'Gateway';
  if (kind === 'Gateway') {
    bill.note('a gateway endpoint is free');
    return;
  }
  const zones = String(Math.max(1, list(properties.SubnetIds).length));
  bill.hourly('vpce.interface', zones, `${zones} zones`);
  data(bill, 'vpce.data', 'endpoint.gigabytes');
};

export const natGateway: Pricer = (bill) => {
  bill.hourly('nat.hour', '1', 'NAT gateway');
  data(bill, 'nat.data', 'gateway.gigabytes');
};

export const elasticIp: Pricer = (bill) => bill.hourly('ipv4.public', '1', 'public address');

export const vpnConnection: Pricer = (bill) => bill.hourly('vpn.connection', '1', 'site-to-site connection');

export const transitAttachment: Pricer = (bill) => bill.hourly('tgw.attachment', '1', 'attachment');

export const loadBalancer: Pricer = (bill) => {
  bill.hourly('alb.hour', '1', 'load balancer');
  bill.note('capacity units come on top and are not priced');
};

export const distribution: Pricer = (bill, { properties }) => {
  if (at(properties, 'DistributionConfig', 'Enabled') === false) {
    bill.note('disabled: serves nothing');
    return;
  }
  const requests = bill.assumption('distribution.requests');
  data(bill, 'cloudfront.transfer', 'distribution.gigabytes');
  bill.used('cloudfront.https', millions(requests), `${formatCount(requests)} requests`);
};

export const hostedZone: Pricer = (bill) => {
  bill.fixed('route53.zone', '1', 'hosted zone');
  const queries = bill.assumption('zone.queries');
  bill.used('route53.query', millions(queries), `${formatCount(queries)} queries`);
};

export const webAcl: Pricer = (bill, { properties }) => {
  const rules = String(list(properties.Rules).length);
  bill.fixed('waf.acl', '1', 'web ACL');
  bill.fixed('waf.rule', rules, `${rules} rules`);
};

function data(bill: Bill, price: string, metric: Parameters<Bill['assumption']>[0]): void {
  const gigabytes = bill.assumption(metric);
  bill.used(price, gigabytes, `${gigabytes} GB`);
}
