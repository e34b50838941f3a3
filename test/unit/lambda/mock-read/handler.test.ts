import type { AppConfigDataClient } from '@aws-sdk/client-appconfigdata';
import type { InvokeCommand, InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { captureOutput, contextWith } from '../support/invocation';

type Handler = typeof import('../../../../lambda/huntaze-mock-read/handler').handler;

const candidateArn = 'arn:aws:lambda:us-east-1:123456789012:function:huntaze-prisma-read';
const variables = { APP_ID: 'app', ENV_ID: 'env', FEATURES_PROFILE_ID: 'profile', CANDIDATE_FN_ARN: candidateArn };
const realEnvironment = process.env;
const context = contextWith(30_000);
let output: ReturnType<typeof captureOutput>;
/** Calls of the candidate, and of the function itself. */
let invocations: InvokeCommandInput[];
let flag: boolean | Error;
/** What the candidate answers, or how long it takes until it is cut off. */
let candidate: object | { readonly hangs: true };
/** Whether Lambda takes what the function leaves for itself. */
let handOver: () => Promise<object>;

beforeEach(() => {
  process.env = {
    ...realEnvironment,
    ...variables,
    AWS_REGION: 'us-east-1',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
  output = captureOutput();
  invocations = [];
  flag = false;
  candidate = answerOf(200, mockUser);
  handOver = async () => ({ StatusCode: 202 });
});
afterEach(() => {
  output.restore();
  process.env = realEnvironment;
});

const mockUser = { id: 'user-1', email: 'user-1@example.com', name: 'First user' };
const answerOf = (statusCode: number, body: unknown) => ({
  Payload: bytes({ statusCode, body: JSON.stringify(body) }),
});
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** The handler as a fresh container loads it, with stand-ins for AppConfig and Lambda. */
function load(): Handler {
  jest.resetModules();
  const data = jest.requireActual<{ AppConfigDataClient: typeof AppConfigDataClient }>('@aws-sdk/client-appconfigdata');
  mockClient(data.AppConfigDataClient).callsFake(async () => {
    if (flag instanceof Error) throw flag;
    return {
      InitialConfigurationToken: 'token',
      NextPollConfigurationToken: 'token',
      Configuration: bytes({ prismaAdapter: { enabled: flag } }),
    };
  });
  const sdk = jest.requireActual<{ LambdaClient: typeof LambdaClient }>('@aws-sdk/client-lambda');
  jest.spyOn(sdk.LambdaClient.prototype, 'send').mockImplementation((async (
    { input }: InvokeCommand,
    { abortSignal }: { abortSignal: AbortSignal },
  ) => {
    invocations.push(input);
    const work =
      input.InvocationType === 'Event' ? handOver() : 'hangs' in candidate ? new Promise(() => undefined) : candidate;
    const aborted = new Promise((_, reject) => {
      abortSignal.addEventListener('abort', () => reject(Object.assign(new Error('aborted'), { name: 'AbortError' })));
    });
    return Promise.race([work, aborted]);
  }) as never);
  return jest.requireActual<{ handler: Handler }>('../../../../lambda/huntaze-mock-read/handler').handler;
}

const payloadOf = (input: InvokeCommandInput | undefined) =>
  JSON.parse(Buffer.from((input?.Payload as Uint8Array) ?? []).toString());
const plain = (value: unknown) => {
  const { statusCode, body } = value as { statusCode: number; body: string };
  return [statusCode, JSON.parse(body)];
};

describe('flag off', () => {
  test.each([
    ['the first user', { userId: 'user-1' }, [200, mockUser]],
    ['the second user', { pathParameters: { id: 'user-2' } }, [200, expect.objectContaining({ id: 'user-2' })]],
    ['an unknown user', { userId: 'constructor' }, [404, { error: 'User not found' }]],
  ])('answers from memory: %s', async (_, event, expected) => {
    expect(plain(await load()(event, context))).toEqual(expected);
  });

  test('leaves the comparison to an invocation of its own, and calls no candidate itself', async () => {
    const answered = await load()({ userId: 'user-1', extra: 'kept' }, context);
    expect(invocations).toMatchObject([{ FunctionName: context.invokedFunctionArn, InvocationType: 'Event' }]);
    expect(payloadOf(invocations[0])).toEqual({
      source: 'huntaze-mock-read.shadow',
      event: { userId: 'user-1', extra: 'kept' },
      answered,
      correlationId: 'request-1',
    });
  });

  test.each<[string, () => Promise<object>]>([
    ['does not answer', () => new Promise(() => undefined)],
    ['refuses', () => Promise.reject(Object.assign(new Error(), { name: 'TooManyRequestsException' }))],
  ])('the caller has its answer soon when Lambda %s', async (_, behaviour) => {
    handOver = behaviour;
    expect(plain(await load()({ userId: 'user-1' }, context))[0]).toBe(200);
    expect(output.lines()).toEqual(expect.arrayContaining([expect.objectContaining({ ShadowNotHandedOver: 1 })]));
  });

  test('a slow candidate costs the caller nothing', async () => {
    candidate = { hangs: true };
    await load()({ userId: 'user-1' }, context);
  });
});

describe('flag on', () => {
  beforeEach(() => {
    flag = true;
  });

  test("gives the candidate's answer as it is, and compares nothing", async () => {
    candidate = { Payload: bytes({ statusCode: 409, headers: { a: 'b' }, body: '{"error":"Conflict"}' }) };
    const event = { userId: 'user-9', extra: 'kept' };
    expect(await load()(event, context)).toEqual({
      statusCode: 409,
      headers: { a: 'b' },
      body: '{"error":"Conflict"}',
    });
    expect(invocations).toMatchObject([{ FunctionName: candidateArn, InvocationType: 'RequestResponse' }]);
    expect(payloadOf(invocations[0])).toEqual(event);
  });

  test.each([
    ['fails', { FunctionError: 'Unhandled', Payload: bytes({ errorMessage: 'private text' }) }],
    ['answers without a status', { Payload: bytes({ body: 'private text' }) }],
    ['answers no JSON', { Payload: new TextEncoder().encode('private text') }],
    ['answers nothing', {}],
  ])('500 when the candidate %s', async (_, behaviour) => {
    candidate = behaviour;
    expect(plain(await load()({ userId: 'user-1' }, context))).toEqual([500, { error: 'Internal server error' }]);
    expect(output.text()).not.toContain('private text');
  });

  test('500 before the timeout when the candidate hangs', async () => {
    candidate = { hangs: true };
    expect(plain(await load()({ userId: 'user-1' }, contextWith(1_200)))[0]).toBe(500);
  });
});

test('400 without a user id, and nobody is asked', async () => {
  expect(plain(await load()({}, context))).toEqual([400, { error: 'userId is missing' }]);
  expect(invocations).toEqual([]);
});

test('without flags, all are off', async () => {
  flag = new Error('AppConfig is away');
  expect(plain(await load()({ userId: 'user-1' }, context))).toEqual([200, mockUser]);
});

test('flags are read once for many invocations', async () => {
  const handler = load();
  await handler({ userId: 'user-1' }, context);
  flag = true;
  await handler({ userId: 'user-1' }, context);
  expect(invocations.map(({ InvocationType }) => InvocationType)).toEqual(['Event', 'Event']);
});

describe('the comparison', () => {
  const shadow = async (): Promise<{ outcome: unknown; line: Record<string, unknown> }> => {
    const handler = load();
    await handler({ userId: 'user-1' }, context);
    const outcome = await handler(payloadOf(invocations[0]), contextWith(30_000));
    return { outcome, line: output.lines().find(({ message }) => message === 'shadow comparison') ?? {} };
  };

  test.each([
    ['same', answerOf(200, { ...mockUser }), 'INFO', { fields: [] }],
    ['different', answerOf(404, { error: 'User not found' }), 'WARN', { status: { mock: 200, candidate: 404 } }],
    ['different', answerOf(200, { ...mockUser, name: 'private name' }), 'WARN', { fields: ['name'] }],
    ['different', { Payload: bytes({ statusCode: 200, body: 'private text' }) }, 'WARN', {}],
    ['failed', { FunctionError: 'Unhandled', Payload: bytes('private text') }, 'WARN', { reason: 'CandidateError' }],
    ['failed', answerOf(200, 'x'.repeat(70_000)), 'WARN', { reason: 'CandidateError' }],
  ])('%s', async (expected, behaviour, level, detail) => {
    candidate = behaviour;
    const { outcome, line } = await shadow();
    expect(outcome).toBe(expected);
    expect(line).toMatchObject({ level, outcome: expected, correlation_id: 'request-1', ...detail });
    expect(output.text()).not.toMatch(/private|example\.com/);
  });

  test('is cut off, and not thrown: Lambda would repeat it', async () => {
    candidate = { hangs: true };
    const { outcome, line } = await shadow();
    expect(outcome).toBe('failed');
    expect(line).toMatchObject({ level: 'WARN', slow: true, reason: 'AbortError' });
    expect(line.took).toBeLessThan(4_000);
  });

  test('calls no further comparison', async () => {
    await shadow();
    expect(invocations.filter(({ InvocationType }) => InvocationType === 'Event')).toHaveLength(1);
  });
});

test.each(Object.keys(variables))('fails at load without %s', (name) => {
  delete process.env[name];
  expect(load).toThrow(name);
});
