import type { Clock } from '../../lib/hybrid/clock';
import { requestIdHeader, type ServerTime } from '../../lib/rehearsal/ai/time';

/** Turns of the event loop in which nothing must happen before nothing is said to happen. */
const quietTurns = 6;

/**
 * Time that passes only when nobody has anything to do: all requests on the wire wait for a server, all servers wait
 * for the time. Client and servers share it and one event loop, so that a run goes the same way however slow the
 * machine is.
 */
export class SimulatedTime implements Clock, ServerTime {
  private current: number;
  private readonly timers: { readonly at: number; readonly run: () => void }[] = [];
  private lastId = 0;
  /** Requests on the wire, until their answer has been read to its end. */
  private readonly open = new Set<string>();
  /** Of these, those whose server waits. */
  private readonly parked = new Set<string>();
  private activity = 0;

  constructor(start = Date.parse('2026-11-24T12:00:00Z')) {
    this.current = start;
  }

  now(): number {
    return this.current;
  }

  timer(milliseconds: number, run: () => void): () => void {
    this.activity += 1;
    const entry = { at: this.current + milliseconds, run };
    // Sorted, the next one last: of two at the same time, the one that was set first is the next.
    let index = this.timers.length;
    while (index > 0 && (this.timers[index - 1]?.at ?? 0) <= entry.at) index -= 1;
    this.timers.splice(index, 0, entry);
    return () => {
      const place = this.timers.indexOf(entry);
      if (place >= 0) this.timers.splice(place, 1);
    };
  }

  async sleep(milliseconds: number, request?: string): Promise<void> {
    if (request !== undefined) this.parked.add(request);
    await new Promise<void>((resolve) => this.timer(milliseconds, resolve));
    if (request !== undefined) this.parked.delete(request);
  }

  /** `fetch` over real sockets, which holds the time while an answer is under way. */
  readonly fetch: typeof fetch = async (input, init) => {
    this.lastId += 1;
    const id = String(this.lastId);
    this.open.add(id);
    const close = () => {
      this.activity += 1;
      this.open.delete(id);
    };
    init?.signal?.addEventListener('abort', close, { once: true });
    try {
      const headers = new Headers(init?.headers);
      headers.set(requestIdHeader, id);
      const response = await fetch(input, { ...init, headers });
      this.activity += 1;
      if (!response.body) {
        close();
        return response;
      }
      const { status, statusText, headers: received } = response;
      return new Response(this.watched(response.body, close), { status, statusText, headers: received });
    } catch (error) {
      close();
      throw error;
    }
  };

  /** Holds the time while work goes on that is on no wire. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    this.lastId += 1;
    const id = String(this.lastId);
    this.open.add(id);
    try {
      return await work();
    } finally {
      this.activity += 1;
      this.open.delete(id);
    }
  }

  private watched(body: ReadableStream<Uint8Array>, close: () => void): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    return new ReadableStream({
      pull: async (controller) => {
        try {
          const { done, value } = await reader.read();
          this.activity += 1;
          if (done) {
            close();
            controller.close();
          } else controller.enqueue(value);
        } catch (error) {
          close();
          controller.error(error);
        }
      },
      cancel: (reason) => {
        close();
        return reader.cancel(reason);
      },
    });
  }

  /**
   * Lets time pass until the work is done.
   *
   * @throws when the work waits for something that time does not bring
   */
  async until<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const mark = () => {
      settled = true;
      this.activity += 1;
    };
    work.then(mark, mark);
    while (!settled) {
      await this.quiet();
      if (settled || [...this.open].some((id) => !this.parked.has(id))) continue;
      if (!this.advance()) throw new Error('The work waits for something that no time brings.');
    }
    return work;
  }

  /** Lets so many milliseconds pass, with all that they bring. */
  pass(milliseconds: number): Promise<void> {
    return this.until(new Promise<void>((resolve) => this.timer(milliseconds, resolve)));
  }

  private async quiet(): Promise<void> {
    let seen = -1;
    for (let turns = 0; turns < quietTurns; turns += 1) {
      if (seen !== this.activity) turns = 0;
      seen = this.activity;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Moves to the next timer and runs it. */
  private advance(): boolean {
    const next = this.timers.at(-1);
    if (!next || !Number.isFinite(next.at)) return false;
    this.timers.pop();
    this.current = Math.max(this.current, next.at);
    this.activity += 1;
    next.run();
    return true;
  }
}
