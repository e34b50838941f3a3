/**
 * Seconds that a `Retry-After` header asks to wait, in either of its forms (RFC 9110, section 10.2.3).
 *
 * @param now milliseconds since 1970.
 * @returns undefined when there is none, or it says nothing that can be read.
 */
export function retryAfterSeconds(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (!value) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value));
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}
