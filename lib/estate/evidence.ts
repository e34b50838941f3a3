/** How sure a fact of the inventory is. */
export type Confidence =
  /** The audit of 1 December 2025 names it. */
  | 'audited'
  /** Another listing of the account shows it. */
  | 'listed'
  /** Reasoned from a template, a script or a neighbouring fact. */
  | 'inferred'
  /** Ours: it did not exist when the account was audited. */
  | 'proposed';

/** The documents that the inventory rests on. Dates are those of the documents, not of this repository. */
export const documents = {
  audit: { title: 'AWS infrastructure audit', date: '2025-12-01' },
  costListing: { title: 'AWS cost audit, listing of every region', date: '2025-12-19' },
  s3Listing: { title: 'Machine audit of S3', date: '2025-11-27' },
  statusNovember: { title: 'OnlyFans AWS infrastructure status', date: '2025-11-02' },
  auditOctober: { title: 'AWS infrastructure audit of October', date: '2025-10-28' },
  readiness: { title: 'Production readiness status', date: '2025-10-29' },
  auditThirdDecember: { title: 'AWS infrastructure audit of 3 December', date: '2025-12-03' },
  rdsMigration: { title: 'RDS migration status', date: '2025-10-29' },
  cacheGuide: { title: 'ElastiCache deployment guide', date: '2025-11-22' },
  coreQueuesTemplate: { title: 'CloudFormation template sqs-core-queues', date: '2025-10-17' },
  aiServicesTemplate: { title: 'CloudFormation template ai-services-simple', date: '2025-10-17' },
  mediaTemplate: { title: 'CloudFormation template huntaze-media-stack-v2', date: '2025-10-17' },
  publishQueuesTemplate: { title: 'CloudFormation template publish-queues', date: '2025-10-17' },
  publishersTemplate: { title: 'CloudFormation template publishers', date: '2025-10-17' },
  postsTableTemplate: { title: 'CloudFormation templates posts-table and users-table', date: '2025-10-17' },
  stripeTemplate: {
    title: 'CloudFormation templates stripe-eventbridge and stripe-events-handler',
    date: '2025-10-17',
  },
  billingTemplate: { title: 'CloudFormation template eventbridge-monthly-billing', date: '2025-10-17' },
  bucketTemplate: { title: 'CloudFormation template s3-bucket-stack', date: '2025-11-22' },
  bucketPolicy: { title: 'Bucket policy of huntaze-assets', date: '2025-11-26' },
  samTemplate: { title: 'SAM template huntaze-prisma-skeleton', date: '2025-10-29' },
  hardeningTerraform: { title: 'Terraform root production-hardening', date: '2025-10-29' },
  aiTeamTerraform: { title: 'Terraform root ai-team', date: '2025-10-24' },
  ofCdk: { title: 'CDK app huntaze-of', date: '2025-10-16' },
  ofCiCdk: { title: 'CDK app huntaze-of, stack HuntazeOfCiStack', date: '2025-10-13' },
  oauthCdk: { title: 'CDK app aws-cdk, OAuthRefreshStack', date: '2025-10-17' },
  byoIpCdk: { title: 'CDK app aws-cdk, HuntazeByoIpStack', date: '2025-10-17' },
  setupScript: { title: 'Script aws-setup', date: '2025-10-16' },
  scraperScript: { title: 'Script deploy-onlyfans-ecs', date: '2025-10-17' },
  servicesScript: { title: 'Script deploy-services', date: '2025-10-17' },
  blockersScript: { title: 'Script fix-production-blockers', date: '2025-10-29' },
  edgeAlarmsScript: { title: 'Script setup-lambda-edge-alarms', date: '2025-11-26' },
  traceRunbook: { title: 'Runbook trace-artifacts', date: '2025-10-13' },
  productionFixes: { title: 'Production fixes, complete', date: '2025-10-29' },
  appConfiguration: { title: 'Application settings', date: '2025-11-24' },
  azureTerraform: { title: 'Terraform root azure-ai', date: '2025-12-01' },
  azureStrategy: { title: 'US East 2 migration strategy', date: '2025-12-01' },
  azureFinalReport: { title: 'Azure migration, final report', date: '2025-12-01' },
  proposal: { title: 'This repository', date: '2026-11-23' },
} as const satisfies Record<string, { title: string; date: string }>;

export type DocumentId = keyof typeof documents;

/** Where a fact comes from, when it was seen, and how sure it is. */
export interface Evidence {
  readonly document: DocumentId;
  /** ISO date on which the document saw the fact. */
  readonly date: string;
  readonly confidence: Confidence;
  /** What the document leaves open, and which other values were found. */
  readonly note?: string;
}

/** Evidence that takes its date from the document. */
export function evidence(document: DocumentId, confidence: Confidence, note?: string): Evidence {
  return { document, date: documents[document].date, confidence, ...(note === undefined ? {} : { note }) };
}

/** A fact that the audit itself states. */
export const audited = (note?: string): Evidence => evidence('audit', 'audited', note);

/** A thing that this repository adds. */
export const proposed = (note?: string): Evidence => evidence('proposal', 'proposed', note);

/** What every row of the inventory has. */
export interface Row {
  /** Physical name, exactly as in the account. */
  readonly name: string;
  readonly owner: OwnerId;
  /** Strongest first; a row without evidence is refused by {@link validateEstate}. */
  readonly evidence: readonly Evidence[];
}

/** The strongest confidence among a row's evidence. */
export function confidenceOf(row: Pick<Row, 'evidence'>): Confidence {
  const order: readonly Confidence[] = ['audited', 'listed', 'inferred', 'proposed'];
  return order.find((level) => row.evidence.some((item) => item.confidence === level)) ?? 'proposed';
}

/**
 * Who owned a resource on 1 December 2025. An owner must let go of a resource before another stack imports it:
 * CloudFormation refuses to import what another stack holds, and Terraform would fight over it.
 */
export const owners = {
  'huntaze-prisma-skeleton': { kind: 'CloudFormation stack (SAM)', certain: true },
  'huntaze-publishers': { kind: 'CloudFormation stack', certain: true },
  'huntaze-publish-queues': { kind: 'CloudFormation stack', certain: false },
  'huntaze-posts': { kind: 'CloudFormation stack', certain: false },
  'huntaze-users': { kind: 'CloudFormation stack', certain: false },
  'stripe-events-handler': { kind: 'CloudFormation stack', certain: false },
  'stripe-eventbridge': { kind: 'CloudFormation stack', certain: false },
  'huntaze-monthly-billing': { kind: 'CloudFormation stack', certain: false },
  'huntaze-sqs-core-queues': { kind: 'CloudFormation stack', certain: false },
  'huntaze-ai-services': { kind: 'CloudFormation stack', certain: false },
  'huntaze-media-processing-production': { kind: 'CloudFormation stack', certain: false },
  'huntaze-beta-assets-stack': { kind: 'CloudFormation stack', certain: false },
  HuntazeOfStack: { kind: 'CloudFormation stack (CDK)', certain: true },
  HuntazeOnlyFansStack: { kind: 'CloudFormation stack (CDK)', certain: false },
  HuntazeOfCiStack: { kind: 'CloudFormation stack (CDK)', certain: true },
  OAuthRefreshStack: { kind: 'CloudFormation stack (CDK)', certain: true },
  HuntazeByoIpStack: { kind: 'CloudFormation stack (CDK)', certain: true },
  CDKToolkit: { kind: 'CloudFormation stack (CDK bootstrap)', certain: true },
  'CDKToolkit-ofq1abcde': {
    kind: 'CloudFormation stack (CDK bootstrap, second qualifier; its real name is not documented)',
    certain: false,
  },
  'aws-sam-cli-managed-default': { kind: 'CloudFormation stack (SAM CLI)', certain: false },
  'production-hardening': { kind: 'Terraform root', certain: true },
  'ai-team': { kind: 'Terraform root', certain: false },
  'scripts or console': { kind: 'no stack: made by scripts or by hand', certain: false },
  AWS: { kind: 'made by AWS with the account', certain: true },
  'this repository': { kind: 'CDK app huntaze-estate', certain: true },
} as const satisfies Record<string, { kind: string; certain: boolean }>;

export type OwnerId = keyof typeof owners;
