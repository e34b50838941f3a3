import type { CloudFrontHeaders } from 'aws-lambda';

/** Value of a header, its repetitions joined; undefined when it is absent. */
export function headerValue(headers: CloudFrontHeaders, name: string): string | undefined {
  const entries = headers[name.toLowerCase()];
  // A repeated Cookie header is joined by semicolons (RFC 6265, section 5.4), every other one by commas.
  return entries?.length
    ? entries.map(({ value }) => value).join(name.toLowerCase() === 'cookie' ? '; ' : ', ')
    : undefined;
}

/** Sets a header to one value, whatever was there before. */
export function setHeader(headers: CloudFrontHeaders, name: string, value: string): void {
  headers[name.toLowerCase()] = [{ key: name, value }];
}

/** First value of a cookie, as browsers send the most specific one first; undefined when it is absent or empty. */
export function cookieValue(headers: CloudFrontHeaders, name: string): string | undefined {
  for (const pair of headerValue(headers, 'cookie')?.split(';') ?? []) {
    const separator = pair.indexOf('=');
    if (separator > 0 && pair.slice(0, separator).trim() === name) return pair.slice(separator + 1).trim() || undefined;
  }
  return undefined;
}
