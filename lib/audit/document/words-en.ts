import { headings, sectionTitles, verdictWords } from '../words';
import type { DocumentWords } from './words';

const many = (count: number, one: string, several: string): string => `${count} ${count === 1 ? one : several}`;

export const english: DocumentWords = {
  locale: 'en-GB',
  title: 'HUNTAZE AWS INFRASTRUCTURE AUDIT',
  date: 'Date',
  account: 'AWS account',
  region: 'Main region',
  comparedWith: (posture) => `Compared with the inventory of 1 December 2025, posture \`${posture}\``,
  summary: 'EXECUTIVE SUMMARY',
  verdictOf: (changes) =>
    changes === 0
      ? 'The account is what the inventory says.'
      : `The account differs from the inventory in ${many(changes, 'place', 'places')}: see the changes below.`,
  points: (counts) => [
    many(counts.clusters, 'ECS cluster', 'ECS clusters'),
    `${many(counts.databases, 'PostgreSQL database on RDS', 'PostgreSQL databases on RDS')}, ${counts.encryptedDatabases} encrypted`,
    many(counts.cacheNodes, 'Redis node on ElastiCache', 'Redis nodes on ElastiCache'),
    many(counts.buckets, 'S3 bucket', 'S3 buckets'),
    many(counts.functions, 'Lambda function', 'Lambda functions'),
    `${many(counts.queues, 'SQS queue', 'SQS queues')}, dead-letter queues included`,
    many(counts.distributions, 'CloudFront distribution', 'CloudFront distributions'),
  ],
  noAiRead: 'AI services are not read by this command',
  changes: 'CHANGES SINCE THE INVENTORY',
  noChange: 'Nothing appeared, vanished or changed.',
  appeared: 'Appeared',
  appearedNote: 'Resources of the kinds in sections 1 to 6 that no row of the inventory explains.',
  vanished: 'Vanished',
  changed: 'Changed',
  resource: 'Resource',
  kind: 'Table',
  property: 'Property',
  inventory: 'Inventory',
  live: 'Account',
  note: 'Note',
  sections: sectionTitles,
  headings,
  verdicts: verdictWords,
  exempt: (count) => `${count} exempt`,
  exemptTitle: 'Not compared',
  total: (rows) => `Total: ${rows}`,
  support: 'WHAT THEY CANNOT RUN WITHOUT',
  ai: {
    title: '7. AI SERVICES',
    text: [
      'The audit of 1 December 2025 found no AI service of AWS: Google Gemini, OpenAI and Anthropic Claude are called from outside.',
      'This command reads configuration only and has no call that could see an AI service, so it neither confirms nor denies it.',
    ],
  },
  picture: {
    title: '8. CURRENT ARCHITECTURE',
    users: 'Users',
    labels: (counts) => ({
      distribution: `CloudFront (${counts.distributions})`,
      clusters: `ECS Fargate clusters (${counts.clusters})`,
      databases: `PostgreSQL RDS (${counts.databases})`,
      cache: `Redis ElastiCache (${counts.cacheNodes})`,
      buckets: `S3 buckets (${counts.buckets})`,
      functions: `Lambda functions (${counts.functions})`,
      queues: `SQS queues (${counts.queues})`,
      ai: 'External AI services (not read)',
    }),
  },
  advice: {
    title: '9. RECOMMENDATIONS OF THE AUDIT, AND WHERE THEY STAND',
    ai: '**External AI** → Azure OpenAI: not visible on AWS; `npx cdktf plan` shows the Azure side.',
    databases: ({ databases, encryptedDatabases }) =>
      databases > 1
        ? `**Double PostgreSQL** → open: ${databases} instances stand, ${encryptedDatabases} of them encrypted.`
        : databases === 1 && encryptedDatabases === 1
          ? '**Double PostgreSQL** → done: one instance stands, and it is encrypted.'
          : `**Double PostgreSQL** → look: ${databases} instances stand, ${encryptedDatabases} of them encrypted.`,
    runtimesDone: (runtime) => `**Lambda runtime** → done: every function runs on ${runtime}.`,
    runtimesLeft: (runtime, functions) => `**Lambda runtime** → not on ${runtime}: ${functions.join(', ')}.`,
    cost: '**Cost** → `npx estate cost` analyses it; this command reads no usage.',
  },
  azure: {
    title: '10. HYBRID STRATEGY AWS + AZURE',
    text: 'Nothing of Azure is read here. `npx cdktf plan` compares the Azure side with its account.',
  },
  labels: {},
};
