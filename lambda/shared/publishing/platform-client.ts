import { callPlatform, type PlatformAnswer, type PlatformCall } from './http';
import type { PublishJob } from './publisher';

/** Most milliseconds of one call that carries no file. */
const callLimitMs = 15_000;

/** Calls of one run to one platform, all with its correlation id and within its deadline. */
export class PlatformClient {
  constructor(
    private readonly job: Pick<PublishJob<unknown>, 'correlationId' | 'deadline'>,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  async call({
    headers,
    ...call
  }: Omit<PlatformCall, 'timeoutMs'> & { readonly limitMs?: number }): Promise<PlatformAnswer> {
    return callPlatform({
      ...call,
      headers: { ...this.headers, ...headers, 'x-correlation-id': this.job.correlationId },
      timeoutMs: this.job.deadline.callMs(call.limitMs ?? callLimitMs),
    });
  }
}
