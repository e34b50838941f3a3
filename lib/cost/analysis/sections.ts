/** Sections of the audit of 1 December 2025, and what it has no section for. */
export const costSections = [
  { id: 'compute', title: '1. Compute (ECS Fargate)', types: /^AWS::(ECS|ECR)::/ },
  { id: 'databases', title: '2. Databases and cache', types: /^AWS::(RDS|ElastiCache|DynamoDB)::/ },
  { id: 'storage', title: '3. Storage (S3)', types: /^AWS::(S3|EFS)::/ },
  { id: 'functions', title: '4. Functions (Lambda)', types: /^AWS::Lambda::/ },
  {
    id: 'messaging',
    title: '5. Messaging (SQS, SNS, EventBridge)',
    types: /^AWS::(SQS|SNS|Events|Scheduler|Pipes|Kinesis)::/,
  },
  {
    id: 'network',
    title: '6. CDN and networking',
    types: /^AWS::(CloudFront|EC2|Route53|ElasticLoadBalancingV2|WAFv2|ApiGateway|ApiGatewayV2)::/,
  },
  { id: 'azure', title: '10. Azure OpenAI', types: /^azurerm_/ },
  { id: 'monitoring', title: 'Monitoring', types: /^AWS::(CloudWatch|Logs|CloudTrail|Synthetics|XRay)::/ },
  { id: 'other', title: 'Keys, secrets, settings and the rest', types: /./ },
] as const;

export type CostSectionId = (typeof costSections)[number]['id'];

export const sectionOf = (type: string): CostSectionId =>
  costSections.find(({ types }) => types.test(type))?.id ?? 'other';

/** Why section 7 of the audit has no figure. */
export const externalAiNote =
  'Section 7, the AI services of today (Gemini, OpenAI, Claude), is billed outside both clouds: no document of the ' +
  'audit gives an amount, and none is guessed.';
