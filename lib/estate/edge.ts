import { audited, evidence, type Row } from './evidence';

/** Audit section 6: the one distribution. */
export interface DistributionRow extends Row {
  readonly domain: string;
  /** Bucket that it serves, by its name in `buckets`. */
  readonly originBucket: string;
  readonly comment: string;
  readonly originAccessControl: string;
  /** Managed policy CachingOptimized. */
  readonly cachePolicyId: string;
  /** Edge functions by the event that calls them. */
  readonly edgeFunctions: Readonly<Record<'viewer-request' | 'origin-response', string>>;
}

export const distribution: DistributionRow = {
  name: 'E21VMD5A9KDBOO',
  domain: 'dc825q4u11mxr.cloudfront.net',
  owner: 'scripts or console',
  originBucket: 'huntaze-assets',
  comment: 'Huntaze assets',
  originAccessControl: 'huntaze-assets-oac',
  cachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
  edgeFunctions: { 'viewer-request': 'huntaze-viewer-request', 'origin-response': 'huntaze-origin-response' },
  evidence: [
    audited('id, domain, status; the audit says that it serves static content'),
    evidence('bucketPolicy', 'inferred', 'huntaze-assets admits this distribution and no other'),
    evidence(
      'costListing',
      'listed',
      'settings. The origin found live was huntaze-private-ca-crl.s3.us-west-1.amazonaws.com, path /crl, alias crl.huntaze.com: that bucket is in no listing, so its name could be claimed by a stranger; it stands here and in no template',
    ),
  ],
};

/** CloudFront's hosted managed cache and response behaviours of the live distribution. */
export const distributionSettings = {
  allowedMethods: ['GET', 'HEAD'],
  httpVersion: 'http2',
  ipv6: true,
  priceClass: 'PriceClass_All',
  minimumProtocolVersion: 'TLSv1.2_2021',
  originConnectionAttempts: 3,
  originConnectionTimeoutSeconds: 10,
} as const;
