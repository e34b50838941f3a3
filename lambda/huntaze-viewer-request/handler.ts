import type {
  CloudFrontHeaders,
  CloudFrontRequest,
  CloudFrontRequestEvent,
  CloudFrontResultResponse,
} from 'aws-lambda';
import type { EdgeConfiguration } from '../../lib/build/edge-configuration';
import { variantHeader } from '../shared/ab-variant';
import { headerValue, setHeader } from '../shared/cloudfront-headers';
import { logEdgeError } from '../shared/edge-log';
import { securityHeaders } from '../shared/security-headers';
import { isPublicPath } from './public-paths';
import { deviceOf, preferredEncoding, tokenOf, variantOf } from './request-traits';
import { createTokenVerifier, type TokenVerifier } from './token-verifier';

/** Put in by the bundler: Lambda@Edge has no environment variables. */
declare const EDGE_CONFIGURATION: EdgeConfiguration;

const tokenHeader = 'X-Auth-Token';
const deviceHeader = 'X-Device-Type';
/** What the origin trusts because this function sets it: whatever a viewer sends under these names is dropped. */
const ownHeaders = /^x-(auth-token|ab-variant|device.*)$/;

export type ViewerRequestHandler = (
  event: CloudFrontRequestEvent,
) => Promise<CloudFrontRequest | CloudFrontResultResponse>;

/**
 * @param verifyToken undefined when no user pool is configured: everything that is not public is refused then, because an
 * edge that cannot tell a good token from a bad one must not let any through.
 */
export function createHandler(verifyToken: TokenVerifier | undefined): ViewerRequestHandler {
  return async (event) => {
    const { config, request } = onlyRecord(event);
    try {
      normaliseHeaders(request);
      if (isPublicPath(request.uri)) return request;

      const token = tokenOf(request.headers);
      if (!token) return answer('401', 'Unauthorized', 'Authentication required');
      if (!(await verifyToken?.(token))) return answer('401', 'Unauthorized', 'Invalid token');
      setHeader(request.headers, tokenHeader, token);
      return request;
    } catch (error) {
      logEdgeError('huntaze-viewer-request', config.requestId, 'request could not be processed', error);
      return answer('500', 'Internal Server Error', 'Request processing failed');
    }
  };
}

export const handler: ViewerRequestHandler = createHandler(createTokenVerifier(EDGE_CONFIGURATION));

function normaliseHeaders(request: CloudFrontRequest): void {
  const { headers } = request;
  for (const name of Object.keys(headers)) {
    if (ownHeaders.test(name.toLowerCase())) delete headers[name];
  }
  const encoding = preferredEncoding(headerValue(headers, 'accept-encoding'));
  if (encoding) setHeader(headers, 'Accept-Encoding', encoding);
  else delete headers['accept-encoding'];
  setHeader(headers, deviceHeader, deviceOf(headerValue(headers, 'user-agent')));
  setHeader(headers, variantHeader, variantOf(request));
}

function answer(status: '401' | '500', statusDescription: string, error: string): CloudFrontResultResponse {
  const headers: CloudFrontHeaders = {};
  const values = {
    ...securityHeaders,
    'Content-Type': 'application/json',
    'Cache-Control': 'no-store',
    ...(status === '401' ? { 'WWW-Authenticate': 'Bearer' } : {}),
  };
  for (const [name, value] of Object.entries(values)) setHeader(headers, name, value);
  return { status, statusDescription, headers, body: JSON.stringify({ error }) };
}

function onlyRecord({ Records: [record] }: CloudFrontRequestEvent): CloudFrontRequestEvent['Records'][number]['cf'] {
  if (!record)
    throw new Error('A viewer-request event holds exactly one record, got: none. Invoke it through CloudFront.');
  return record.cf;
}
