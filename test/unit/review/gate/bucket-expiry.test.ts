import { expiresSooner } from '../../../../lib/review/gate/bucket-expiry';

const rules = (...all: readonly Record<string, unknown>[]) => ({
  Rules: all.map((rule) => ({ Status: 'Enabled', ...rule })),
});
const logs = { Prefix: 'logs/', ExpirationInDays: 90 };
const noncurrent = (NoncurrentDays: number, NewerNoncurrentVersions?: number) => ({
  NoncurrentVersionExpiration: { NoncurrentDays, ...(NewerNoncurrentVersions && { NewerNoncurrentVersions }) },
});

test.each([
  ['the same', rules(logs), rules(logs)],
  ['nothing any more', rules(logs), undefined],
  ['switched off', rules(logs), rules({ ...logs, Status: 'Disabled' })],
  ['narrowed to a prefix', rules({ ExpirationInDays: 90 }), rules(logs)],
  ['narrowed to a longer prefix', rules(logs), rules({ ...logs, Prefix: 'logs/old/' })],
  ['narrowed to a tag', rules(logs), rules({ ...logs, TagFilters: [{ Key: 'a', Value: 'b' }] })],
  ['narrowed by size', rules(logs), rules({ ...logs, ObjectSizeGreaterThan: '10', ObjectSizeLessThan: '20' })],
  ['split into two prefixes', rules({ ExpirationInDays: 90 }), rules(logs, { Prefix: 'tmp/', ExpirationInDays: 100 })],
  ['later', rules(logs), rules({ ...logs, ExpirationInDays: 91 })],
  ['narrowed and later', rules({ ExpirationInDays: 90 }), rules({ ...logs, ExpirationInDays: 365 })],
  ['more versions kept', rules(noncurrent(30)), rules(noncurrent(30, 3))],
  [
    'the old form of the same days',
    rules({ NoncurrentVersionExpirationInDays: 30 }),
    rules({ ...noncurrent(30), Prefix: 'a/' }),
  ],
  ['a later date', rules({ ExpirationDate: '2027-01-01' }), rules({ ExpirationDate: '2028-01-01T00:00:00.000Z' })],
  ['a move to a colder class', undefined, rules({ Transitions: [{ StorageClass: 'GLACIER', TransitionInDays: 1 }] })],
])('deletes nothing that was kept: %s', (_, before, after) => {
  expect(expiresSooner(before, after)).toBe(false);
});

test.each([
  ['new', undefined, rules(logs)],
  ['switched on', rules({ ...logs, Status: 'Disabled' }), rules(logs)],
  ['widened to everything', rules(logs), rules({ ExpirationInDays: 90 })],
  ['widened to a shorter prefix', rules(logs), rules({ ...logs, Prefix: 'logs' })],
  ['moved to another prefix', rules(logs), rules({ ...logs, Prefix: 'data/' })],
  [
    'a tag taken away',
    rules({ ...logs, TagFilters: [{ Key: 'a', Value: 'b' }] }),
    rules({ ...logs, TagFilters: [{ Key: 'a', Value: 'c' }] }),
  ],
  [
    'smaller objects too',
    rules({ ...logs, ObjectSizeGreaterThan: '10' }),
    rules({ ...logs, ObjectSizeGreaterThan: '9' }),
  ],
  ['larger objects too', rules({ ...logs, ObjectSizeLessThan: '10' }), rules(logs)],
  ['sooner', rules(logs), rules({ ...logs, ExpirationInDays: 89 })],
  ['narrowed and sooner', rules({ ExpirationInDays: 90 }), rules({ ...logs, ExpirationInDays: 1 })],
  ['fewer versions kept', rules(noncurrent(30, 3)), rules(noncurrent(30, 2))],
  ['versions as well', rules({ ExpirationInDays: 30 }), rules({ ExpirationInDays: 30, ...noncurrent(30) })],
  ['an earlier date', rules({ ExpirationDate: '2028-01-01' }), rules({ ExpirationDate: '2027-01-01' })],
  ['a date in place of days', rules(logs), rules({ Prefix: 'logs/', ExpirationDate: '2027-01-01' })],
  ['no number', rules(logs), rules({ ...logs, ExpirationInDays: 'soon' })],
])('deletes what was kept: %s', (_, before, after) => {
  expect(expiresSooner(before, after)).toBe(true);
});
