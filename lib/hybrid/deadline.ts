import type { ProviderEvent, ProviderName } from './chat';
import type { Clock } from './clock';
import { ProviderError } from './errors';

export interface Limits {
  /** Milliseconds until the first event. */
  readonly firstEvent: number;
  /** Milliseconds until the end. */
  readonly total: number;
}

/**
 * A stream that gives up in time, also where whoever makes it does not react to its signal: a token that never comes
 * must not hold a caller either.
 *
 * @throws ProviderError of kind `timeout`; the caller's own reason when the caller gives up
 */
export async function* withDeadlines(
  provider: ProviderName,
  open: (signal: AbortSignal) => AsyncIterable<ProviderEvent>,
  { firstEvent, total }: Limits,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal | undefined },
): AsyncGenerator<ProviderEvent> {
  signal?.throwIfAborted();
  const control = new AbortController();
  const abandoned = new Promise<never>((_, reject) => {
    control.signal.addEventListener('abort', () => reject(control.signal.reason), { once: true });
  });
  abandoned.catch(() => {});
  const passOn = () => control.abort(signal?.reason);
  signal?.addEventListener('abort', passOn, { once: true });
  const expire = () => control.abort(new ProviderError(provider, 'timeout'));
  const timers = [clock.timer(total, expire)];
  const firstTimer = clock.timer(firstEvent, expire);
  timers.push(firstTimer);

  const events = open(control.signal)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = events.next();
      next.catch(() => {});
      const { done, value } = await Promise.race([next, abandoned]);
      firstTimer();
      if (done) return;
      yield value;
    }
  } catch (error) {
    // An abort shows as whatever error the client makes of it; the reason is what counts.
    throw control.signal.aborted ? control.signal.reason : error;
  } finally {
    for (const callOff of timers) callOff();
    signal?.removeEventListener('abort', passOn);
    control.abort(new Error('the stream is over'));
    void Promise.resolve(events.return?.(undefined)).catch(() => {});
  }
}
