import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { DynamoStateStore } from '../../../../lib/consolidate/aws/state-store';
import { StateConflictError } from '../../../../lib/consolidate/ports';
import { newState } from './state';

const dynamo = mockClient(DynamoDBClient);
const store = new DynamoStateStore({
  client: new DynamoDBClient({ region: 'us-east-1' }),
  account: '317805897534',
  region: 'us-east-1',
  source: 'plain',
  target: 'encrypted',
});
const metadata = { $metadata: {}, message: 'The conditional request failed' };

beforeEach(() => dynamo.reset());

test('tells a person where it is', () => {
  expect(store.description).toBe(
    'DynamoDB table huntaze-consolidation-state, pair 317805897534/us-east-1/plain/encrypted',
  );
});

describe('read', () => {
  test('consistently, and nothing where nothing is', async () => {
    dynamo.on(GetItemCommand).resolves({});
    expect(await store.read()).toBeUndefined();
    expect(dynamo.call(0).args[0].input).toMatchObject({ ConsistentRead: true });
  });

  test('the state with its version', async () => {
    const state = newState({ deploysForbidden: 'because' });
    dynamo.on(GetItemCommand).resolves({ Item: { version: { N: '7' }, state: { S: JSON.stringify(state) } } });
    expect(await store.read()).toEqual({ state, version: 7 });
  });

  test.each([
    ['no version', { state: { S: JSON.stringify(newState()) } }, 'field version, got: undefined'],
    ['no state', { version: { N: '1' } }, 'field state, got: undefined'],
    ['text that is no JSON', { version: { N: '1' }, state: { S: '{"runId": ' } }, 'field state, got: {"runId": '],
    [
      'another schema',
      { version: { N: '1' }, state: { S: JSON.stringify({ ...newState(), schemaVersion: 2 }) } },
      'field schemaVersion',
    ],
  ])('%s: names place and field', async (_, Item, message) => {
    dynamo.on(GetItemCommand).resolves({ Item });
    await expect(store.read()).rejects.toMatchObject({
      code: 'state-corrupt',
      message: expect.stringContaining(`${store.description} holds no state of this schema, ${message}`),
    });
  });

  test('no table: says which deploy is missing', async () => {
    dynamo.on(GetItemCommand).rejects(new ResourceNotFoundException(metadata));
    await expect(store.read()).rejects.toMatchObject({
      code: 'bad-input',
      message: 'There is no table for the state, got: huntaze-consolidation-state.',
    });
  });
});

describe('write', () => {
  const input = () => dynamo.call(0).args[0].input as PutItemCommand['input'];

  test('the first one only where nothing is', async () => {
    dynamo.on(PutItemCommand).resolves({});
    expect(await store.write(newState(), 0)).toBe(1);
    expect(input()).toMatchObject({ ConditionExpression: 'attribute_not_exists(#version)' });
    expect(input().ExpressionAttributeValues).toBeUndefined();
  });

  test('every further one only over the version that was read, and never with a lower epoch of the same run', async () => {
    dynamo.on(PutItemCommand).resolves({});
    expect(await store.write(newState({ epoch: 3 }), 4)).toBe(5);
    expect(input()).toMatchObject({
      ConditionExpression: '#version = :expected AND (#epoch <= :epoch OR #run <> :run)',
      ExpressionAttributeValues: {
        ':expected': { N: '4' },
        ':epoch': { N: '3' },
        ':run': { S: 'c-20261124-120000-abcd' },
      },
      Item: { version: { N: '5' }, epoch: { N: '3' } },
    });
  });

  test('lease, epoch and what forbids a deploy stand beside the state, where a person sees them', async () => {
    dynamo.on(PutItemCommand).resolves({});
    const lease = { holder: 'task 1', expiresAt: '2026-11-24T12:01:00.000Z' };
    await store.write(newState({ lease, deploysForbidden: 'another instance serves' }), 1);
    expect(input().Item).toMatchObject({
      leaseHolder: { S: 'task 1' },
      leaseExpiresAt: { S: '2026-11-24T12:01:00.000Z' },
      deploysForbidden: { S: 'another instance serves' },
      runStatus: { S: 'active' },
    });
  });

  test('somebody else wrote: a conflict that says what is there', async () => {
    dynamo.on(PutItemCommand).rejects(
      new ConditionalCheckFailedException({
        ...metadata,
        Item: { version: { N: '9' }, epoch: { N: '4' }, writeId: { S: 'theirs' } },
      }),
    );
    await expect(store.write(newState(), 7)).rejects.toThrow(StateConflictError);
    await expect(store.write(newState(), 7)).rejects.toThrow('got: version 9, epoch 4 where version 7, epoch 1');
  });

  test('our own write whose answer was lost, sent again by the SDK, is no conflict', async () => {
    dynamo.on(PutItemCommand).callsFake(({ Item }: PutItemCommand['input']) => {
      throw new ConditionalCheckFailedException({ ...metadata, Item: { ...Item } });
    });
    expect(await store.write(newState(), 7)).toBe(8);
  });

  test('a state that no item can hold is refused before it is sent', async () => {
    const evidence = { much: 'x'.repeat(400_000) };
    const startedAt = '2026-11-24T12:00:00.000Z';
    const state = newState({ phases: { survey: { startedAt, attempts: 1, evidence } } });
    await expect(store.write(state, 1)).rejects.toMatchObject({ code: 'state-corrupt' });
    expect(dynamo.calls()).toEqual([]);
  });

  test('a state that the schema refuses is never written', async () => {
    await expect(store.write(newState({ epoch: -1 }), 1)).rejects.toThrow();
    expect(dynamo.calls()).toEqual([]);
  });
});
