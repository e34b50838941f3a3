import { at } from '../../review/json';
import { exact, formatCount } from '../money';
import { millions, type Pricer } from './pricing';
import { decimal, list, text } from './values';

const secondsOfStandardResolution = 60;

/** Billed per metric that the alarm reads; an expression alone is none. */
export const alarm: Pricer = (bill, { properties }) => {
  const { stack } = bill.surroundings;
  const queries = list(properties.Metrics);
  const metrics = queries.length === 0 ? 1 : queries.filter((query) => at(query, 'MetricStat') !== undefined).length;
  const periods = [properties.Period, ...queries.map((query) => at(query, 'MetricStat', 'Period'))]
    .map((period) => Number(decimal(period, stack) ?? secondsOfStandardResolution))
    .filter((period) => period < secondsOfStandardResolution);
  const count = String(Math.max(1, metrics));
  bill.fixed(
    periods.length > 0 ? 'cloudwatch.alarm.high' : 'cloudwatch.alarm',
    count,
    `${count} ${count === '1' ? 'metric' : 'metrics'}`,
  );
};

export const compositeAlarm: Pricer = (bill) => bill.fixed('cloudwatch.alarm.composite', '1', 'composite alarm');

export const dashboard: Pricer = (bill) => bill.fixed('cloudwatch.dashboard', '1', 'dashboard');

export const logGroup: Pricer = (bill, { properties }) => {
  const ingested = bill.assumption('log.ingested');
  const stored = bill.assumption('log.stored');
  bill.used('logs.ingested', ingested, `${ingested} GB in`);
  bill.used('logs.stored', stored, `${stored} GB kept`);
  if (properties.RetentionInDays === undefined) bill.note('kept for ever: what is stored only grows');
};

export const key: Pricer = (bill) => {
  const requests = bill.assumption('key.requests');
  bill.fixed('kms.key', '1', 'key');
  bill.used('kms.request', millions(requests), `${formatCount(requests)} requests`);
  bill.note('each of the first two yearly rotations adds the price of a key');
};

export const secret: Pricer = (bill) => {
  const requests = bill.assumption('secret.requests');
  bill.fixed('secrets.secret', '1', 'secret');
  bill.used('secrets.request', millions(requests), `${formatCount(requests)} reads`);
};

export const parameter: Pricer = (bill, { properties }) => {
  if (text(properties.Tier, bill.surroundings.stack) === 'Advanced') bill.fixed('ssm.advanced', '1', 'advanced');
  else bill.note('a standard parameter is free');
};

export const flags: Pricer = (bill) => {
  const requests = bill.assumption('flags.requests');
  const received = bill.assumption('flags.received');
  bill.used('appconfig.request', millions(requests), `${formatCount(requests)} requests`);
  bill.used('appconfig.received', received, `${formatCount(received)} configurations received`);
};

export const trail: Pricer = (bill) => {
  bill.fixed('cloudtrail.management', exact('0'), 'the first copy of management events is free');
  bill.note('a second trail and data events are billed by their number, which is not assumed');
};
