import type { Section, SectionId, Verdict } from './model';

/** Every word that the audit's tables print, in one place, so that another language is one more table. */
export const headings = {
  name: 'Name',
  purpose: 'Purpose',
  status: 'Status',
  endpoint: 'Endpoint',
  type: 'Type',
  runtime: 'Runtime',
  usage: 'Usage',
  queue: 'Queue',
  deadLetterQueue: 'Dead-letter queue',
  distributionId: 'Distribution ID',
  domain: 'Domain',
  retention: 'Retention',
  verdict: 'Verdict',
} as const;

export type HeadingId = keyof typeof headings;

export const sectionTitles: Readonly<Record<SectionId, string>> = {
  clusters: '1. ECS clusters',
  databases: '2. PostgreSQL on RDS',
  cache: '2. Redis on ElastiCache',
  buckets: '3. S3 buckets',
  functions: '4. Lambda functions',
  queues: '5. SQS queues',
  distribution: '6. CloudFront',
  services: 'ECS services',
  tasks: 'ECS task definitions',
  repositories: 'ECR repositories',
  logGroups: 'Log groups',
  rules: 'EventBridge rules',
  schedules: 'EventBridge schedules',
  tables: 'DynamoDB tables',
  secrets: 'Secrets (names only)',
  securityGroups: 'Security groups',
  flags: 'AppConfig feature flags',
};

export const verdictWords: Readonly<Record<Verdict, string>> = {
  matched: 'matched',
  mismatch: 'mismatched',
  missing: 'missing',
  unexpected: 'unexpected',
  pending: 'pending',
  'not modelled': 'not modelled',
};

export const partTitles: Readonly<Record<Section['part'], string>> = {
  audit: 'The tables of the audit',
  support: 'What they cannot run without',
};
