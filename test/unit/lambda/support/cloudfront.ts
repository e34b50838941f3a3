import type { CloudFrontHeaders, CloudFrontRequestEvent, CloudFrontResponseEvent } from 'aws-lambda';

const config = {
  distributionDomainName: 'd111111abcdef8.cloudfront.net',
  distributionId: 'EDFDVBD6EXAMPLE',
  requestId: 'edge-request-1',
} as const;

export function headersOf(values: Readonly<Record<string, string>>): CloudFrontHeaders {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name.toLowerCase(), [{ key: name, value }]]),
  );
}

/** Headers as name → value, the first of each name. */
export function plain(headers: CloudFrontHeaders | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, entries]) => [name, entries[0]?.value ?? '']));
}

export function viewerRequest(
  uri: string,
  headers: Readonly<Record<string, string>> = {},
  clientIp = '203.0.113.7',
): CloudFrontRequestEvent {
  return {
    Records: [
      {
        cf: {
          config: { ...config, eventType: 'viewer-request' },
          request: { clientIp, method: 'GET', uri, querystring: '', headers: headersOf(headers) },
        },
      },
    ],
  };
}

export function originResponse(
  response: { readonly status?: string; readonly headers?: Readonly<Record<string, string>> },
  request: { readonly uri?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): CloudFrontResponseEvent {
  return {
    Records: [
      {
        cf: {
          config: { ...config, eventType: 'origin-response' },
          request: {
            clientIp: '203.0.113.7',
            method: 'GET',
            uri: request.uri ?? '/',
            querystring: '',
            headers: headersOf(request.headers ?? {}),
          },
          response: {
            status: response.status ?? '200',
            statusDescription: '',
            headers: headersOf(response.headers ?? {}),
          },
        },
      },
    ],
  };
}
