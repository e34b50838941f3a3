import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** Sid by which tests, the review and the read-back know the statement. */
const tlsOnlySid = 'DenyInsecureTransport';

/** Denies every call that does not come over TLS. */
export const denyInsecureTransport = (actions: string, resources: readonly string[]): PolicyStatement =>
  new PolicyStatement({
    sid: tlsOnlySid,
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: [actions],
    resources: [...resources],
    conditions: { Bool: { 'aws:SecureTransport': 'false' } },
  });
