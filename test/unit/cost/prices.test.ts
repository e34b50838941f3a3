import { exact } from '../../../lib/cost/money';
import { allowances, findPrice, priceOf, prices } from '../../../lib/cost/prices';
import { usageMetrics, usageSchema } from '../../../lib/cost/usage';
import { usage } from '../../../settings/usage';

test('ids are unique', () => {
  const ids = prices.map(({ id }) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  expect(ids.length).toBeGreaterThan(80);
});

test.each(prices.map((price) => [price.id, price] as const))(
  '%s has amount, unit, region, source and date',
  (_, price) => {
    expect(exact(price.usd).gt(0)).toBe(true);
    expect(price.unit).not.toBe('');
    expect(['us-east-1', 'eastus2', 'global']).toContain(price.region);
    expect(price.url).toMatch(/^https:\/\/[\w.-]+\//);
    expect(price.date).toMatch(/^202[4-6]-\d\d-\d\d$/);
  },
);

test('most prices are sourced, and the others are marked', () => {
  const unsourced = prices.filter(({ basis }) => basis === 'unsourced').map(({ id }) => id);
  expect(unsourced.sort()).toEqual([
    'appconfig.received',
    'appconfig.request',
    'azure.vpn.connection',
    'cache.cache.t3.small',
    'cloudwatch.alarm.composite',
    'edge.duration',
    'edge.request',
    'lambda.provisioned.x86',
    'rds.postgres.db.t3.medium',
    'rds.postgres.db.t3.small',
    'scheduler.invocation',
  ]);
});

test('a standby pays what the instance pays, as the price list has it', () => {
  // db.t3.large with a standby is 0.272 in the same list.
  expect(exact(priceOf('rds.mysql.db.t3.large').usd).times(2).toString()).toBe('0.272');
});

test('an unknown price is undefined, or names itself', () => {
  expect(findPrice('nothing')).toBeUndefined();
  expect(() => priceOf('nothing')).toThrow(/No such price, got: nothing/);
});

test.each(allowances.map((allowance) => [allowance.id, allowance] as const))(
  'allowance %s covers prices of the table',
  (_, { prices: ids, quantity, url }) => {
    expect(ids.filter((id) => findPrice(id) === undefined)).toEqual([]);
    expect(exact(quantity).gt(0)).toBe(true);
    expect(url).toMatch(/^https:\/\//);
  },
);

test('usage assumptions cover every metric, and each says why', () => {
  expect(usageSchema.safeParse(usage).success).toBe(true);
  expect(Object.keys(usage.defaults).sort()).toEqual(Object.keys(usageMetrics).sort());
});

test.each([
  ['a negative quantity', { quantity: '-1', confidence: 'proposed', why: 'because it is so' }],
  ['a number', { quantity: 1, confidence: 'proposed', why: 'because it is so' }],
  ['no reason', { quantity: '1', confidence: 'proposed', why: '' }],
  ['an unknown confidence', { quantity: '1', confidence: 'sure', why: 'because it is so' }],
])('usage refuses %s', (_, assumption) => {
  const wrong = { ...usage, defaults: { ...usage.defaults, 'function.requests': assumption } };
  expect(usageSchema.safeParse(wrong).success).toBe(false);
});
