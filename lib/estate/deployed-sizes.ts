import { type Evidence, evidence } from './evidence';

/** What the package of a function has to be, measured against the deployed one. */
export type SizeGoal =
  | {
      readonly kind: 'smaller';
      /** At least so many times; 1 is as large as today at most. */
      readonly times: number;
    }
  /** The deployed package does less: what the bytes are for. */
  | { readonly kind: 'larger'; readonly reason: string };

/** Deployment package of a function as the account held it, and what this repository's package is held to. */
export interface DeployedSize {
  /** Function's name. */
  readonly name: string;
  /** Bytes of the zip archive: Lambda's `CodeSize`. */
  readonly bytes: number;
  readonly goal: SizeGoal;
  readonly evidence: readonly Evidence[];
}

const listed = [evidence('costListing', 'listed', 'code size')];
const smaller = (times: number): SizeGoal => ({ kind: 'smaller', times });
const larger = (reason: string): SizeGoal => ({ kind: 'larger', reason });

/** One row for each function with code in this repository. */
export const deployedSizes: readonly DeployedSize[] = [
  { name: 'huntaze-flag-cleanup', bytes: 90_111_457, goal: smaller(50), evidence: listed },
  { name: 'huntaze-rate-limiter', bytes: 3_137_966, goal: smaller(10), evidence: listed },
  { name: 'huntaze-jwt-authorizer', bytes: 92_967, goal: smaller(1), evidence: listed },
  {
    name: 'huntaze-viewer-request',
    bytes: 2_175,
    goal: larger('verifies signature, issuer, client and expiry of the token; the deployed one looks at its length'),
    evidence: listed,
  },
  { name: 'huntaze-origin-response', bytes: 2_335, goal: smaller(1), evidence: listed },
  { name: 'publisher-instagram', bytes: 3_708_172, goal: smaller(10), evidence: listed },
  {
    name: 'publisher-reddit',
    bytes: 2_997,
    goal: larger('leases, retries and schema checks of posts and answers; structured logs, metrics and batch failures'),
    evidence: listed,
  },
  {
    name: 'publisher-tiktok',
    bytes: 3_380,
    goal: larger(
      'holds the helper of the pull mode, uploads in chunks; leases, schema checks, structured logs, metrics and batch failures',
    ),
    evidence: listed,
  },
  {
    name: 'content-dispatcher',
    bytes: 1_484,
    goal: larger('moves posts on and reports what failed in part; structured logs and metrics'),
    evidence: listed,
  },
  {
    name: 'stripe-events-handler',
    bytes: 967,
    goal: larger('orders events and acts on invoices; schema checks of what Stripe sends, structured logs and metrics'),
    evidence: listed,
  },
  {
    name: 'rotate-ws-token',
    bytes: 960,
    goal: larger('ported from Python, whose runtime brings what signs the token; a JOSE library and structured logs'),
    evidence: listed,
  },
  { name: 'huntaze-mock-read', bytes: 90_111_457, goal: smaller(50), evidence: listed },
  { name: 'huntaze-prisma-read', bytes: 90_111_457, goal: smaller(50), evidence: listed },
  {
    name: 'OAuthRefreshStack-RefreshOAuthTokensFn98A56602-DJB5YObxRREC',
    bytes: 2_160,
    goal: larger(
      'refreshes tokens of three providers, which the deployed one cannot; conditional writes, schema checks, logs and metrics',
    ),
    evidence: listed,
  },
];
