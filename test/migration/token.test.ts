import { inWorld } from './world';

jest.setTimeout(120_000);

const request = { tier: 'standard', subject: 's', messages: [{ role: 'user', content: 'Hello.' }] } as const;

test(
  'calls at the same time share one exchange, and the token serves until five minutes before its end',
  inWorld(async ({ time, makeCaller, entra }) => {
    const { client } = makeCaller();
    await time.until(Promise.all([1, 2, 3, 4, 5].map(() => client.complete(request))));
    expect(entra.exchanges).toBe(1);
    // Entra's tokens live for 3599 s.
    await time.pass(3_299_000 - 10_000);
    await time.until(client.complete(request));
    expect(entra.exchanges).toBe(1);
    await time.pass(11_000);
    expect(await time.until(client.complete(request))).toMatchObject({ provider: 'azure' });
    expect(entra.exchanges).toBe(2);
  }),
);

test(
  'AADSTS70021, a credential that Entra does not know yet, is tried again until it does',
  inWorld(async ({ time, makeCaller, entra }) => {
    entra.notYetKnown = 3;
    const begun = time.now();
    expect(await time.until(makeCaller().client.probe(request))).toMatchObject({ provider: 'azure' });
    expect(time.now() - begun).toBe(1000 + 2000 + 4000);
    expect(entra.exchanges).toBe(1);
  }),
);

test(
  'a role that Entra will never know holds no call for longer than the call may take',
  inWorld(async ({ time, makeCaller, entra }) => {
    const { client } = makeCaller('arn:aws:iam::317805897534:role/somebody-else');
    const outcomes: unknown[] = [];
    const work = client.probe(request).catch((error: unknown) => outcomes.push(error));
    await time.until(work);
    // Entra would be asked for a minute: nobody waits a minute for an answer.
    expect(outcomes).toMatchObject([{ kind: 'timeout' }]);
    await time.pass(60_000);
    await time.until(client.probe(request).catch((error: unknown) => outcomes.push(error)));
    expect(entra.exchanges).toBe(0);
  }),
);

test.each([
  ['another tenant', 'tenantId', 'AADSTS90002'],
  ['another client', 'clientId', 'AADSTS700016'],
] as const)('%s is refused at once, by the code of Entra', (_, name, code) =>
  inWorld(async ({ time, makeCaller, store }) => {
    store.set(name, '99999999-9999-4999-8999-999999999999');
    const begun = time.now();
    await expect(time.until(makeCaller().client.probe(request))).rejects.toMatchObject({ kind: 'refused', code });
    expect(time.now()).toBe(begun);
  })(),
);

test(
  'a busy Entra is tried again',
  inWorld(async ({ time, makeCaller, entra }) => {
    let left = 2;
    entra.faults = () => {
      left -= 1;
      return left >= 0 ? { kind: 'answer', reply: { status: 503, body: {} } } : undefined;
    };
    expect(await time.until(makeCaller().client.probe(request))).toMatchObject({ provider: 'azure' });
    expect(entra.exchanges).toBe(1);
  }),
);
