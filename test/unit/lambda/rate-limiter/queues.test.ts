import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { journeyAttribute, readMessage } from '../../../../lambda/huntaze-rate-limiter/message';
import { forward, sendAgain } from '../../../../lambda/huntaze-rate-limiter/queues';
import { recordOf } from './records';

const mock = mockClient(SQSClient);
const sqs = new SQSClient({ region: 'us-east-1' });
beforeEach(() => mock.reset());
const sent = () => mock.commandCalls(SendMessageCommand).map(({ args }) => args[0].input);

const body = '{"userId":"u","text":"  as it came  "}';
const record = recordOf(
  body,
  { userId: 'u', messageType: 'dm' },
  { attributes: { ...recordOf('').attributes, AWSTraceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793' } },
);
record.messageAttributes.blob = {
  dataType: 'Binary.png',
  binaryValue: Buffer.from([0, 255]).toString('base64'),
};
record.messageAttributes.priority = { dataType: 'Number', stringValue: '5' };
const message = readMessage(record);
const journey = { ...message.journey, attempt: 1, turnAt: 1_700_000_006_000, waited: ['global' as const] };

test('a message goes back as it came, with its journey', async () => {
  await sendAgain(sqs, 'https://queue', message, journey, 6);
  expect(sent()).toEqual([
    {
      QueueUrl: 'https://queue',
      MessageBody: body,
      DelaySeconds: 6,
      MessageAttributes: {
        userId: { DataType: 'String', StringValue: 'u' },
        messageType: { DataType: 'String', StringValue: 'dm' },
        priority: { DataType: 'Number', StringValue: '5' },
        blob: { DataType: 'Binary.png', BinaryValue: Buffer.from([0, 255]) },
        [journeyAttribute]: { DataType: 'String', StringValue: JSON.stringify(journey) },
      },
      MessageSystemAttributes: {
        AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1-5759e988-bd862e3fe1be46a994272793' },
      },
    },
  ]);
});

test.each([
  ['minimal: none becomes one second', 0, 1],
  ['a wait within what SQS takes', 899, 899],
  ['maximum: a longer one is walked in steps of 900 s', 3_600, 900],
])('delay: %s', async (_, seconds, delay) => {
  await sendAgain(sqs, 'https://queue', message, journey, seconds);
  expect(sent()).toMatchObject([{ DelaySeconds: delay }]);
});

test('what was let through carries no marks of its wait', async () => {
  const copy = readMessage(recordOf(body, { userId: 'u', [journeyAttribute]: JSON.stringify(journey) }));
  await forward(sqs, 'https://send', copy);
  expect(sent()).toEqual([
    {
      QueueUrl: 'https://send',
      MessageBody: body,
      MessageAttributes: {
        userId: { DataType: 'String', StringValue: 'u' },
        correlationId: { DataType: 'String', StringValue: 'message-1' },
      },
    },
  ]);
});

test.each([
  ['with a user', recordOf('{"userId":"a b"}'), 'user-YSBi'],
  ['without one', recordOf('{}'), 'global'],
])('a FIFO queue gets group and deduplication id, the same for each copy: %s', async (_, given, group) => {
  await forward(sqs, 'https://send.fifo', readMessage(given));
  expect(sent()).toMatchObject([{ MessageGroupId: group, MessageDeduplicationId: 'message-1' }]);
});
