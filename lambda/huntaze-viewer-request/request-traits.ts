import type { CloudFrontHeaders, CloudFrontRequest } from 'aws-lambda';
import { isVariant, type Variant, variantCookie } from '../shared/ab-variant';
import { cookieValue, headerValue } from '../shared/cloudfront-headers';

/** The one encoding to ask the origin for, so that a cache holds few copies: br, else gzip, else none. */
export function preferredEncoding(acceptEncoding: string | undefined): 'br' | 'gzip' | undefined {
  const accepted = new Set(
    (acceptEncoding ?? '')
      .toLowerCase()
      .split(',')
      .map((entry) => entry.split(';').map((part) => part.trim()))
      .filter(([, quality]) => !/^q=0(\.0*)?$/.test(quality ?? ''))
      .map(([name]) => name),
  );
  return (['br', 'gzip'] as const).find((encoding) => accepted.has(encoding));
}

export type Device = 'mobile' | 'tablet' | 'desktop';

/** First match wins. Crawlers get the desktop page; tablets come before phones because an iPad also says "Mobile". */
const devicePatterns: readonly (readonly [RegExp, Device])[] = [
  [/bot|crawler|spider/i, 'desktop'],
  [/ipad|tablet|android(?!.*mobile)/i, 'tablet'],
  [/mobile|android|iphone|ipod|blackberry|windows phone/i, 'mobile'],
];

export function deviceOf(userAgent: string | undefined): Device {
  return devicePatterns.find(([pattern]) => pattern.test(userAgent ?? ''))?.[1] ?? 'desktop';
}

/**
 * Variant of the visitor's cookie, else one that follows from the address, so that it holds until the cookie is set.
 * The address is the event's own: the header that was read formerly is not yet there when a viewer request is handled.
 */
export function variantOf({ headers, clientIp }: Pick<CloudFrontRequest, 'headers' | 'clientIp'>): Variant {
  const chosen = cookieValue(headers, variantCookie);
  if (isVariant(chosen)) return chosen;
  let hash = 0;
  for (const character of clientIp) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0;
  return Math.abs(hash) % 2 === 0 ? 'A' : 'B';
}

const tokenCookie = 'auth_token';

/** Bearer token of the Authorization header, else of the cookie; undefined without either. */
export function tokenOf(headers: CloudFrontHeaders): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(headerValue(headers, 'authorization')?.trim() ?? '');
  return bearer?.[1] ?? cookieValue(headers, tokenCookie);
}
