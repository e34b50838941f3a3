import { performance } from 'node:perf_hooks';
import type { CloudFrontResponse, CloudFrontResponseEvent } from 'aws-lambda';
import { isVariant, variantCookie, variantHeader } from '../shared/ab-variant';
import { headerValue, setHeader } from '../shared/cloudfront-headers';
import { logEdgeError } from '../shared/edge-log';
import { securityHeaders } from '../shared/security-headers';
import { cacheControlFor, kindOf } from './cache-control';

type Exchange = CloudFrontResponseEvent['Records'][number]['cf'];

const yearInSeconds = 31_536_000;

/**
 * Adds security, cache and timing headers to an origin's answer before CloudFront caches it.
 *
 * Left out on purpose: compression, because this kind of function gets no body (the distribution compresses); CORS
 * headers, because the origin's own say who may read; a preload Link, because this function cannot know which files a
 * page uses, and a wrong guess loads them in vain. What an origin sends of these is kept.
 */
export async function handler(event: CloudFrontResponseEvent): Promise<CloudFrontResponse> {
  const started = performance.now();
  const exchange = onlyRecord(event);
  const { config, response } = exchange;
  try {
    for (const [name, value] of Object.entries(securityHeaders)) setHeader(response.headers, name, value);
    applyCacheRules(exchange);
    // A cached answer repeats the figure of the fetch that filled the cache.
    setHeader(response.headers, 'Server-Timing', `edge;dur=${(performance.now() - started).toFixed(2)}`);
  } catch (error) {
    logEdgeError('huntaze-origin-response', config.requestId, 'response passed on as far as it was done', error);
  }
  return response;
}

function applyCacheRules({ request, response }: Exchange): void {
  const { headers } = response;
  const status = Number(response.status);
  const contentType = headerValue(headers, 'content-type');
  const cacheControl = cacheControlFor({
    status,
    uri: request.uri,
    contentType,
    cacheControl: headerValue(headers, 'cache-control'),
    setsCookie: headers['set-cookie'] !== undefined,
    authenticated: ['x-auth-token', 'authorization'].some((name) => request.headers[name] !== undefined),
  });
  if (cacheControl) setHeader(headers, 'Cache-Control', cacheControl);

  // The cookie is personal: it goes only with a page, which no cache keeps.
  const variant = headerValue(request.headers, variantHeader);
  if (status === 200 && kindOf({ contentType, uri: request.uri }) === 'page' && isVariant(variant)) {
    headers['set-cookie'] = [
      ...(headers['set-cookie'] ?? []),
      {
        key: 'Set-Cookie',
        value: `${variantCookie}=${variant}; Max-Age=${yearInSeconds}; Path=/; Secure; SameSite=Lax`,
      },
    ];
  }
}

function onlyRecord({ Records: [record] }: CloudFrontResponseEvent): Exchange {
  if (!record)
    throw new Error('An origin-response event holds exactly one record, got: none. Invoke it through CloudFront.');
  return record.cf;
}
