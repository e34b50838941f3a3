import { type Evidence, evidence } from './evidence';

/** Something that a listing or a document shows and the model leaves out. */
export interface UnmodelledRow {
  readonly section: 'compute' | 'databases' | 'storage' | 'functions' | 'messaging' | 'edge' | 'network' | 'other';
  readonly name: string;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

const listing = (note: string) => [evidence('costListing', 'listed', note)];
const hardening = (note: string) => [evidence('hardeningTerraform', 'inferred', note)];

/** Nothing that a document shows is dropped without a word. */
export const unmodelled: readonly UnmodelledRow[] = [
  {
    section: 'compute',
    name: 'the main application as an ECS service',
    reason:
      "the audit's section 8 draws it on ECS Fargate; no service of that kind is in any listing, so none is invented",
    evidence: [evidence('audit', 'audited', 'section 8')],
  },
  {
    section: 'compute',
    name: 'huntaze-ai-router',
    reason: 'created after the audit, on 3 December, in two regions',
    evidence: [evidence('auditThirdDecember', 'listed')],
  },
  {
    section: 'compute',
    name: 'i-05cca2b7d2d4a98ed',
    reason: 'one stopped t3.micro that the audit does not mention and nothing refers to',
    evidence: listing('EC2 instance'),
  },
  {
    section: 'compute',
    name: 'autoscaling of services',
    reason: 'its list of services is empty by default, so it may never have made anything',
    evidence: hardening('target tracking'),
  },
  {
    section: 'databases',
    name: 'huntaze-production-cluster (us-west-1)',
    reason: 'referenced once, absent from the audit, and said not to exist on 25 December',
    evidence: [evidence('auditThirdDecember', 'inferred')],
  },
  {
    section: 'databases',
    name: 'huntaze-redis-encrypted',
    reason: 'a page reports it; no listing shows it',
    evidence: [evidence('readiness', 'inferred')],
  },
  {
    section: 'databases',
    name: 'the other sixteen DynamoDB tables',
    reason: 'the audit does not mention tables; only the five that audited functions cannot run without are modelled',
    evidence: [evidence('auditOctober', 'listed')],
  },
  {
    section: 'databases',
    name: 'indexes ActiveSubscribers and ByOnlyfansUserId of huntaze-users, and two of huntaze-posts',
    reason: 'their keys are in no document; adoption reads them live, and nothing here removes them',
    evidence: [evidence('postsTableTemplate', 'inferred')],
  },
  {
    section: 'storage',
    name: 'huntaze-videos-production',
    reason: 'created on 17 December, after the audit',
    evidence: listing('bucket'),
  },
  {
    section: 'storage',
    name: 'KMS keys behind alias/huntaze-cloudtrail, huntaze-s3-encryption, huntaze-rds-encryption, huntaze-sns-security-alerts',
    reason: 'they stay with the Terraform root that owns the trail; the CloudTrail bucket names its key by alias',
    evidence: hardening('keys'),
  },
  {
    section: 'messaging',
    name: 'HuntazeByoIpStack-JobsQueue86ED6666-Sb4vDLBEiszi',
    reason: 'never in a listing; its functions were gone by 19 December',
    evidence: [evidence('byoIpCdk', 'inferred')],
  },
  {
    section: 'messaging',
    name: 'huntaze-alerts-production',
    reason: 'only in a template, in no listing',
    evidence: [evidence('mediaTemplate', 'inferred')],
  },
  {
    section: 'messaging',
    name: 'publisher-twitter-production',
    reason: 'in neither listing, though its name would have survived the clean-up of 12 December',
    evidence: [evidence('publishQueuesTemplate', 'inferred')],
  },
  {
    section: 'edge',
    name: 'huntaze-private-ca-crl.s3.us-west-1.amazonaws.com, alias crl.huntaze.com',
    reason: 'the origin found live no longer exists: a stranger could claim the name, so no template may hold it',
    evidence: listing('origin of E21VMD5A9KDBOO'),
  },
  {
    section: 'edge',
    name: 'huntaze-api-protection (WAF) and Huntaze-API-production (API Gateway)',
    reason: "regional, absent from the audit, association unknown; the authorizer's API id is a setting",
    evidence: [evidence('samTemplate', 'inferred')],
  },
  {
    section: 'network',
    name: 'S3 gateway endpoint of the default VPC',
    reason: 'probably bound to no route table; the default VPC is referenced, not modelled',
    evidence: hardening('endpoint'),
  },
  {
    section: 'network',
    name: 'default VPCs of other regions, OfVpc 10.0.0.0/16, huntaze-rds-postgres-secure',
    reason: 'outside the audited region, gone by 19 December, or never attached',
    evidence: listing('VPCs'),
  },
  {
    section: 'other',
    name: 'rules HuntazeByoIpStack-CheckNotificationsSchedule…, HuntazeRefreshOAuthEvery30m, huntaze-activate-offers, huntaze-expire-offers, huntaze-monthly-billing-production and four security rules',
    reason: 'their targets (API destinations, queues and topics of other owners) are not in the audit',
    evidence: listing('rules'),
  },
  {
    section: 'other',
    name: 'CloudTrail huntaze-production-trail, the Config recorder, GuardDuty, Security Hub, budgets',
    reason: 'account-wide services of the Terraform root production-hardening; their buckets are modelled',
    evidence: hardening('services'),
  },
  {
    section: 'other',
    name: 'fifteen SNS topics, nine dashboards and the alarms of earlier stacks',
    reason: 'not in the audit; this repository brings its own three topics, alarms and dashboard',
    evidence: [evidence('auditOctober', 'listed')],
  },
  {
    section: 'other',
    name: 'Amplify app d33l77zi1h78ce',
    reason: 'an application outside the VPC; absent from the audit, which says that the main application runs on ECS',
    evidence: listing('log groups'),
  },
  {
    section: 'other',
    name: 'the other secrets of the account',
    reason: 'names only, of other owners; tasks refer to three of them by name',
    evidence: listing('17 secrets in all'),
  },
];
