import type { SQSRecord } from 'aws-lambda';
import { journeyAttribute, PoisonMessageError, readMessage } from '../../../../lambda/huntaze-rate-limiter/message';
import { recordOf } from './records';

const journey = {
  originalMessageId: 'message-0',
  attempt: 3,
  firstSentAt: 1_690_000_000_000,
  turnAt: 1_700_000_060_000,
  waited: ['global'],
};

test.each([
  ['minimal: a message without user', recordOf('{}'), { userId: undefined, correlationId: 'message-1' }],
  ['the user of the attribute', recordOf('{"userId":"body"}', { userId: 'attribute' }), { userId: 'attribute' }],
  ['the user of the body', recordOf('{"userId":"body"}'), { userId: 'body' }],
  ['a user that is a number', recordOf('{"userId":42}'), { userId: '42' }],
  ['the correlation id of the sender', recordOf('{}', { correlationId: 'request-9' }), { correlationId: 'request-9' }],
  [
    'a first delivery',
    recordOf('{}'),
    { journey: { originalMessageId: 'message-1', attempt: 0, firstSentAt: 1_700_000_000_000, turnAt: 0, waited: [] } },
  ],
  [
    'maximum: a copy with all it has behind it',
    recordOf('{"userId":"u"}', { [journeyAttribute]: JSON.stringify(journey), messageType: 'dm', priority: '1' }),
    { userId: 'u', journey, correlationId: 'message-0' },
  ],
])('%s', (_, record, expected) => {
  expect(readMessage(record)).toMatchObject(expected);
});

describe('throws when', () => {
  test.each<[string, SQSRecord]>([
    ['the body is no JSON', recordOf('very private text')],
    ['the body is no object', recordOf('["very private text"]')],
    ['the body is null', recordOf('null')],
    ['the user is no text', recordOf('{"userId":{"private":1}}')],
    ['the user is empty', recordOf('{"userId":""}')],
    ['the user is too long for a key', recordOf('{}', { userId: 'x'.repeat(257) })],
    ...Object.entries({
      'is no JSON': 'private',
      'has no id': JSON.stringify({ ...journey, originalMessageId: undefined }),
      'has an id that is no key': JSON.stringify({ ...journey, originalMessageId: 'a b:*' }),
      'has a negative figure': JSON.stringify({ ...journey, attempt: -1 }),
      'has a turn that is no number': JSON.stringify({ ...journey, turnAt: 'soon' }),
      'names an unknown line': JSON.stringify({ ...journey, waited: ['vip'] }),
    }).map(
      ([what, text]) => [`the journey ${what}`, recordOf('{}', { [journeyAttribute]: text })] as [string, SQSRecord],
    ),
  ])('%s', (_, record) => {
    expect(() => readMessage(record)).toThrow(PoisonMessageError);
    expect(() => readMessage(record)).not.toThrow(/private/);
  });
});
