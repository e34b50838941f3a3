import type { Tier } from '../estate/azure';
import { resilience } from '../estate/hybrid';
import type { FallbackProvider } from '../estate/hybrid-settings';
import { Breaker, type Permit } from './breaker';
import {
  type ChatAnswer,
  type ChatEvent,
  type ChatRequest,
  estimatedTokens,
  type Provider,
  type ProviderName,
  promptCharacters,
  type Usage,
} from './chat';
import { type Clock, pause } from './clock';
import { costOf } from './cost';
import { withDeadlines } from './deadline';
import { AnswerInterrupted, failureKinds, NoProviderAnswered, ProviderError } from './errors';
import { HealthWindow } from './health';
import type { LiveState } from './live-state';
import type { Meter } from './meter';
import { delayBefore } from './retry';
import { isOnAzure } from './rollout';
import { type AzureTarget, effectivePercentage, type HybridState } from './state';

export interface HybridClientOptions {
  readonly state: LiveState;
  readonly azure: (target: AzureTarget) => Provider;
  readonly fallback: (provider: FallbackProvider, state: HybridState) => Provider;
  readonly meter: Meter;
  readonly clock: Clock;
  /** 0 to 1. @default Math.random */
  readonly random?: () => number;
}

/** How one provider is asked. */
interface Manner {
  /** Nothing goes to the caller before the answer is whole, so that a broken one can be asked for again. */
  readonly whole: boolean;
  /** Another provider comes after this one, so that nobody waits for long. */
  readonly hasNext: boolean;
  /** @default as the settings of the retries say */
  readonly retries?: number;
}

/**
 * The one way to ask a model: Azure for those whom the rollout has reached, the providers of today for the others, and
 * for everybody when Azure does not answer.
 */
export class HybridClient {
  private readonly breakers = new Map<string, Breaker>();
  private readonly health: HealthWindow;
  private readonly random: () => number;
  private toldRollout: string | undefined;

  constructor(private readonly options: HybridClientOptions) {
    this.health = new HealthWindow(options.clock);
    this.random = options.random ?? Math.random;
  }

  /**
   * The whole answer.
   *
   * @throws ProviderError of kind `content-filter` or `bad-request`; NoProviderAnswered; the signal's reason
   */
  complete(request: ChatRequest): Promise<ChatAnswer> {
    return collected(this.run(request, true));
  }

  /**
   * The answer as it comes. What was given stays given: when it breaks off after its first piece, nobody else is asked.
   *
   * @throws as {@link complete}; AnswerInterrupted when it breaks off
   */
  async *stream(request: ChatRequest): AsyncGenerator<ChatEvent> {
    for await (const [, event] of this.run(request, false)) yield event;
  }

  /** The settings as every call goes by them now. */
  settings(): Promise<HybridState> {
    return this.options.state.current();
  }

  /** Asks Azure and nobody else, once, whatever the rollout says: for whoever watches it. */
  async probe(request: ChatRequest): Promise<ChatAnswer> {
    const state = await this.options.state.current();
    if (!state.azure) throw new ProviderError('azure', 'missing', { code: 'settings' });
    const manner = { whole: true, hasNext: false, retries: 0 };
    return collected(named('azure', this.ask(this.options.azure(state.azure), request, manner)));
  }

  private async *run(request: ChatRequest, whole: boolean): AsyncGenerator<readonly [ProviderName, ChatEvent]> {
    const route = await this.routeOf(request);
    const failures: ProviderError[] = [];
    for (const [index, provider] of route.entries()) {
      let given = false;
      try {
        if (failures[0]?.provider === 'azure' && failures.length === 1) this.options.meter.fallback(request.tier);
        for await (const event of this.ask(provider, request, { whole, hasNext: index < route.length - 1 })) {
          given ||= event.type === 'text';
          yield [provider.name, event];
        }
        return;
      } catch (error) {
        if (!(error instanceof ProviderError) || !failureKinds[error.kind].fallBack) throw error;
        if (given) throw new AnswerInterrupted(error);
        failures.push(error);
      }
    }
    throw new NoProviderAnswered(failures);
  }

  /** Whom to ask, in order. */
  private async routeOf({ subject }: ChatRequest): Promise<readonly Provider[]> {
    const state = await this.options.state.current();
    const percentage = effectivePercentage(state);
    this.tellRollout(percentage, state.rolledBack);
    const azure = state.azure && isOnAzure(subject, percentage) ? [this.options.azure(state.azure)] : [];
    return [...azure, ...state.fallbackOrder.map((name) => this.options.fallback(name, state))];
  }

  private tellRollout(percentage: number, rolledBack: boolean): void {
    const told = `${percentage} ${rolledBack}`;
    if (told === this.toldRollout) return;
    this.toldRollout = told;
    this.options.meter.rollout(percentage, rolledBack);
  }

  /** Asks one provider, as often as its failures allow, and takes note of what came of it. */
  private async *ask(provider: Provider, request: ChatRequest, manner: Manner): AsyncGenerator<ChatEvent> {
    const { clock, meter } = this.options;
    const begun = clock.now();
    const away = new Away(clock);
    const note = (failed: boolean) => {
      meter.call({ provider: provider.name, tier: request.tier, failed });
      if (provider.name === 'azure') this.judge(clock.now() - begun - away.milliseconds, failed);
    };
    try {
      for await (const event of this.attempts(provider, request, manner, begun)) {
        // Whoever has the end reads no further.
        if (event.type === 'end') note(false);
        away.leave();
        yield event;
        away.come();
      }
    } catch (error) {
      if (error instanceof ProviderError) note(failureKinds[error.kind].failure);
      throw error;
    }
  }

  private async *attempts(
    provider: Provider,
    request: ChatRequest,
    { whole, hasNext, retries = resilience.retries }: Manner,
    begun: number,
  ): AsyncGenerator<ChatEvent> {
    const { clock } = this.options;
    const patience = hasNext ? begun + resilience.fallbackAfter : Number.POSITIVE_INFINITY;
    for (let attempt = 1; ; attempt += 1) {
      let given = false;
      try {
        const firstEvent = Math.min(resilience.timeout, patience - clock.now());
        const events = this.attempt(provider, request, firstEvent);
        if (whole) {
          const all: ChatEvent[] = [];
          for await (const event of events) all.push(event);
          yield* all;
        } else {
          for await (const event of events) {
            given ||= event.type === 'text';
            yield event;
          }
        }
        return;
      } catch (error) {
        if (given || !(error instanceof ProviderError) || !failureKinds[error.kind].retry) throw error;
        if (attempt > retries) throw error;
        const delay = delayBefore(attempt, error.retryAfter, this.random());
        // Whoever asks for a longer pause than any call may take is not worth waiting for.
        if (delay > resilience.timeout || clock.now() + delay >= patience) throw error;
        await pause(clock, delay, request.signal);
      }
    }
  }

  private async *attempt(provider: Provider, request: ChatRequest, firstEvent: number): AsyncGenerator<ChatEvent> {
    const { clock, meter } = this.options;
    const permit = this.breakerOf(provider.name, request.tier).admit();
    if (!permit) throw new ProviderError(provider.name, 'open');
    const begun = clock.now();
    const away = new Away(clock);
    let characters = 0;
    let end: Extract<ChatEvent, { type: 'end' }> | undefined;
    let failure: ProviderError | undefined;
    try {
      const limits = { firstEvent, total: resilience.timeout };
      const open = (signal: AbortSignal) => provider.stream(request, signal);
      for await (const event of withDeadlines(provider.name, open, limits, { clock, signal: request.signal })) {
        if (event.type === 'start') continue;
        if (event.type === 'text') characters += event.text.length;
        else end = event;
        away.leave();
        yield event;
        away.come();
      }
      if (!end) throw new ProviderError(provider.name, 'cut');
    } catch (error) {
      if (error instanceof ProviderError) failure = error;
      throw error;
    } finally {
      settle(permit, end !== undefined, failure);
      const guess = characters > 0 ? guessedUsage(request, characters) : undefined;
      const usage = end?.usage ?? guess;
      meter.attempt({
        provider: provider.name,
        tier: request.tier,
        outcome: end ? 'answered' : (failure?.kind ?? 'abandoned'),
        latency: clock.now() - begun - away.milliseconds,
        usage,
        estimated: end === undefined && guess !== undefined,
        model: end?.model,
        cost: usage && costOf(end?.model ?? this.modelOf(provider.name, request.tier), usage),
      });
      if (end) this.models.set(`${provider.name} ${request.tier}`, end.model);
    }
  }

  /** Model that answered last, for the price of an answer that never named it. */
  private readonly models = new Map<string, string>();
  private readonly modelOf = (provider: ProviderName, tier: Tier): string =>
    this.models.get(`${provider} ${tier}`) ?? '';

  private judge(latency: number, failed: boolean): void {
    const breach = this.health.add(latency, failed);
    if (!breach) return;
    this.health.clear();
    void this.options.state.rollBack(breach);
  }

  private breakerOf(provider: ProviderName, tier: Tier): Breaker {
    const key = `${provider} ${tier}`;
    const known = this.breakers.get(key);
    if (known) return known;
    const breaker = new Breaker((state) => this.options.meter.breaker(provider, tier, state));
    this.breakers.set(key, breaker);
    return breaker;
  }
}

/** Time that the caller spends on the pieces that it was given: a slow reader is no slow provider. */
class Away {
  private left = 0;
  milliseconds = 0;

  constructor(private readonly clock: Clock) {}

  leave(): void {
    this.left = this.clock.now();
  }

  come(): void {
    this.milliseconds += this.clock.now() - this.left;
  }
}

async function collected(events: AsyncIterable<readonly [ProviderName, ChatEvent]>): Promise<ChatAnswer> {
  let text = '';
  for await (const [provider, event] of events) {
    if (event.type === 'text') text += event.text;
    else return { text, finishReason: event.finishReason, usage: event.usage, model: event.model, provider };
  }
  throw new Error('An answer came to no end. This is a defect of lib/hybrid.');
}

async function* named(
  provider: ProviderName,
  events: AsyncIterable<ChatEvent>,
): AsyncGenerator<readonly [ProviderName, ChatEvent]> {
  for await (const event of events) yield [provider, event];
}

function settle(permit: Permit, answered: boolean, failure: ProviderError | undefined): void {
  if (answered) permit.succeed();
  else if (failure && failureKinds[failure.kind].failure) permit.fail();
  else permit.ignore();
}

const guessedUsage = (request: ChatRequest, characters: number): Usage => ({
  promptTokens: estimatedTokens(promptCharacters(request)),
  cachedTokens: 0,
  completionTokens: estimatedTokens(characters),
});
