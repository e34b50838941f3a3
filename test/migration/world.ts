import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createLocalJWKSet, exportJWK, SignJWT } from 'jose';
import { hybridNames, rollbackParameterName, tokenExchange } from '../../lib/estate/hybrid';
import { modelsOfToday } from '../../lib/estate/hybrid-settings';
import { onceFor } from '../../lib/hybrid';
import { HybridClient } from '../../lib/hybrid/client';
import type { Breach } from '../../lib/hybrid/health';
import { LiveState, type StateStore } from '../../lib/hybrid/live-state';
import type { AttemptRecord, CallRecord, Meter } from '../../lib/hybrid/meter';
import { azureProvider } from '../../lib/hybrid/providers/azure';
import { claudeProvider } from '../../lib/hybrid/providers/claude';
import { geminiProvider } from '../../lib/hybrid/providers/gemini';
import { openAiProvider } from '../../lib/hybrid/providers/openai';
import { entraTokens } from '../../lib/hybrid/token';
import { AzureOpenAiServer } from '../../lib/rehearsal/ai/azure-openai';
import { EntraServer } from '../../lib/rehearsal/ai/entra';
import type { Model } from '../../lib/rehearsal/ai/model';
import { ClaudeServer } from '../support/servers/providers/claude';
import { GeminiServer } from '../support/servers/providers/gemini';
import { OpenAiServer } from '../support/servers/providers/openai';
import { SimulatedTime } from '../support/simulated-time';

const tenantId = '11111111-2222-3333-4444-555555555555';
const clientId = '66666666-7777-8888-9999-000000000000';
const issuer = 'https://00000000-0000-0000-0000-000000000000.tokens.sts.global.api.aws';
export const subject = 'arn:aws:iam::317805897534:role/huntaze-azure-probe-role';
export const keys = { gemini: 'gemini-key-of-today', openai: 'openai-key-of-today', claude: 'claude-key-of-today' };
export const deployments = { 'gpt-4o': 'gpt-4o-2024-11-20', 'gpt-4o-mini': 'gpt-4o-mini-2024-07-18' };

/** One key for a whole file of tests: making one takes longer than most of them. */
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** What the SSM parameters would hold, and the latch, for all callers of a test. */
export class MemoryStore implements StateStore {
  readonly values: Record<string, string> = {};
  readonly breaches: Breach[] = [];
  reads = 0;
  fails = false;

  set(name: keyof typeof hybridNames, value: string): void {
    this.values[hybridNames[name]] = value;
  }

  get latched(): boolean {
    return this.values.rollback !== undefined;
  }

  async read() {
    this.reads += 1;
    if (this.fails) throw new Error('SSM does not answer');
    return { ...this.values };
  }

  async latch(breach: Breach) {
    this.breaches.push(breach);
    const name = rollbackParameterName.split('/').at(-1) ?? '';
    this.values[name] ??= JSON.stringify(breach);
  }
}

/** Everything that a caller noted. */
export class Notes implements Meter {
  readonly attempts: AttemptRecord[] = [];
  readonly calls: CallRecord[] = [];
  readonly breakers: string[] = [];
  readonly rollouts: string[] = [];
  readonly deployments: string[] = [];
  fallbacks = 0;

  attempt = (record: AttemptRecord) => void this.attempts.push(record);
  call = (record: CallRecord) => void this.calls.push(record);
  fallback = () => {
    this.fallbacks += 1;
  };
  breaker: Meter['breaker'] = (provider, tier, state) => void this.breakers.push(`${provider} ${tier} ${state}`);
  deployment: Meter['deployment'] = (tier, healthy) => void this.deployments.push(`${tier} ${healthy}`);
  rollout: Meter['rollout'] = (percentage, rolledBack) => void this.rollouts.push(`${percentage} ${rolledBack}`);
}

export interface WorldOptions {
  readonly model?: Model;
  /** Model behind each deployment. */
  readonly deployments?: Readonly<Record<string, string>>;
}

/** One Azure, one Entra, the three providers of today, and simulated time for all of them. */
export async function makeWorld(options: WorldOptions = {}) {
  const time = new SimulatedTime();
  const { model } = options;
  const entra = new EntraServer({
    time,
    tenantId,
    issuerKeys: createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), alg: 'RS256' }] }),
    credentials: [{ clientId, issuer, subject, audience: tokenExchange.audience }],
  });
  const azure = new AzureOpenAiServer({
    time,
    entra,
    deployments: options.deployments ?? deployments,
    ...(model && { model }),
  });
  const keyed = <K extends keyof typeof keys>(name: K) => ({ time, key: keys[name], ...(model && { model }) });
  const gemini = new GeminiServer(keyed('gemini'));
  const openai = new OpenAiServer(keyed('openai'));
  const claude = new ClaudeServer(keyed('claude'));
  const servers = { entra, azure, gemini, openai, claude };
  await Promise.all(Object.values(servers).map((server) => server.start()));

  const store = new MemoryStore();
  store.set('endpoint', `${azure.url}/`);
  store.set('apiVersion', '2024-10-21');
  store.set('deploymentPremium', 'gpt-4o');
  store.set('deploymentStandard', 'gpt-4o-mini');
  store.set('tenantId', tenantId);
  store.set('clientId', clientId);
  store.set('enabled', 'true');
  store.set('rolloutPercentage', '100');
  store.set('fallbackOrder', 'gemini,openai,claude');
  store.set('fallbackModels', JSON.stringify(modelsOfToday));

  const trouble: string[] = [];
  /** One process that calls. All of them share settings and latch. */
  const makeCaller = (role = subject, meter?: Meter) => {
    const notes = new Notes();
    const state = new LiveState({ store, clock: time, onTrouble: (what) => trouble.push(what) });
    const make = { gemini: geminiProvider, openai: openAiProvider, claude: claudeProvider } as const;
    const client = new HybridClient({
      state,
      clock: time,
      meter: meter ?? notes,
      random: () => 0.5,
      azure: onceFor((target) =>
        azureProvider({
          target,
          fetch: time.fetch,
          token: entraTokens({
            ...target,
            clock: time,
            authority: entra.url,
            fetch: time.fetch,
            awsToken: () => time.hold(() => awsToken(privateKey, role, time.now())),
          }),
        }),
      ),
      fallback: (name, { fallbackModels }) =>
        make[name]({
          key: async () => keys[name],
          models: fallbackModels[name],
          baseUrl: servers[name].url,
          fetch: time.fetch,
        }),
    });
    return { client, notes, state };
  };
  return {
    time,
    store,
    trouble,
    ...servers,
    makeCaller,
    stop: async () => {
      await Promise.all(Object.values(servers).map((server) => server.stop()));
    },
  };
}

export type World = Awaited<ReturnType<typeof makeWorld>>;

/** Runs a test in a world of its own. The library behind the breaker takes its time from `Date`. */
export const inWorld =
  (test: (world: World) => Promise<void>, options: WorldOptions = {}): (() => Promise<void>) =>
  async () => {
    const world = await makeWorld(options);
    const date = jest.spyOn(Date, 'now').mockImplementation(() => world.time.now());
    try {
      await test(world);
    } finally {
      date.mockRestore();
      await world.stop();
    }
  };

/** What STS signs for a role. */
const awsToken = (key: KeyObject, role: string, now: number): Promise<string> =>
  new SignJWT({})
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .setIssuer(issuer)
    .setSubject(role)
    .setAudience(tokenExchange.audience)
    .setIssuedAt(Math.floor(now / 1000))
    .setExpirationTime(Math.floor(now / 1000) + tokenExchange.durationSeconds)
    .sign(key);
