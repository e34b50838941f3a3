import { audited, type Evidence, evidence, proposed, type Row } from './evidence';
import { type HybridName, hybridNames, hybridParameterPath, hybridPathVariable } from './hybrid';
import type { Permission } from './permissions';

/** Audit section 1: the clusters. */
export interface ClusterRow extends Row {
  readonly purpose: string;
}

const insights = evidence('readiness', 'listed', 'Container Insights on in all three on 29 October');

export const clusters: readonly ClusterRow[] = [
  { name: 'ai-team', purpose: 'Cluster of the AI team', owner: 'ai-team', evidence: [audited(), insights] },
  {
    name: 'huntaze-cluster',
    purpose: 'Main production cluster',
    owner: 'scripts or console',
    evidence: [
      audited('section 8 says that the main application runs here; no service of that kind is in any listing'),
      insights,
    ],
  },
  {
    name: 'huntaze-of-fargate',
    purpose: 'Cluster of the OnlyFans worker',
    owner: 'HuntazeOnlyFansStack',
    evidence: [audited(), insights],
  },
];

export interface RepositoryRow extends Row {
  /** Tag that the task definitions run. */
  readonly tag: string;
}

const repositoryListing = evidence('auditThirdDecember', 'listed', 'repositories of 3 December');

export const repositories: readonly RepositoryRow[] = [
  { name: 'huntaze-onlyfans-scraper', tag: 'latest', owner: 'scripts or console', evidence: [repositoryListing] },
  { name: 'huntaze/of-browser-worker', tag: 'main', owner: 'HuntazeOfStack', evidence: [repositoryListing] },
  { name: 'ai-team/summarizer', tag: 'latest', owner: 'ai-team', evidence: [repositoryListing] },
  {
    name: 'huntaze/consolidate',
    tag: 'stable',
    owner: 'this repository',
    evidence: [proposed('image of the consolidation, see lib/consolidate/image')],
  },
];

/** Where a container's environment variable takes its value. */
export type VariableSource =
  | { readonly from: 'literal'; readonly value: string }
  /** Only the account knows it: an SSM parameter of `requiredParameters`, read at deploy time. */
  | { readonly from: 'parameter'; readonly parameter: string }
  /** What both clouds share, by the settings file; left out as long as it is not known. */
  | { readonly from: 'hybrid'; readonly name: HybridName }
  /** Read by ECS when the task starts. */
  | { readonly from: 'secret'; readonly secret: string; readonly jsonKey?: string };

export interface TaskRow extends Row {
  /** Key in stacks and outputs. */
  readonly key: 'scraper' | 'browserWorker' | 'summarizer' | 'consolidation';
  readonly cluster: string;
  readonly repository: string;
  readonly container: string;
  /** CPU units, 1024 = one vCPU. */
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
  readonly logGroup: { readonly name: string; readonly retentionDays?: number; readonly prefix: string };
  readonly executionRole: string;
  readonly taskRole: string;
  readonly variables: Readonly<Record<string, VariableSource>>;
  /** What the task's own role may do. */
  readonly permissions: readonly Permission[];
  /** Soft and hard limit of open files. @default the platform's */
  readonly openFiles?: number;
}

const design = (note: string): Evidence => evidence('ofCdk', 'inferred', note);

/** Task definitions, by family. */
export const tasks: readonly TaskRow[] = [
  {
    name: 'huntaze-onlyfans-scraper',
    key: 'scraper',
    owner: 'scripts or console',
    cluster: 'huntaze-cluster',
    repository: 'huntaze-onlyfans-scraper',
    container: 'puppeteer-agent',
    cpu: 1024,
    memory: 2048,
    logGroup: { name: '/ecs/huntaze-scraper', prefix: 'fargate' },
    executionRole: 'ecsTaskExecutionRole',
    taskRole: 'huntazeScraperTaskRole',
    variables: {
      WS_URL: { from: 'parameter', parameter: 'scraper/ws-url' },
      RESULT_BUCKET: { from: 'parameter', parameter: 'scraper/result-bucket' },
      AWS_REGION: { from: 'literal', value: 'us-east-1' },
      WS_TOKEN: { from: 'secret', secret: 'onlyfans-ws', jsonKey: 'token' },
    },
    permissions: [{ on: 'bucket-objects', bucket: { parameter: 'scraper/result-bucket' }, actions: ['s3:PutObject'] }],
    evidence: [
      evidence('scraperScript', 'inferred', 'settings; the results bucket that it names is in no listing'),
      evidence('costListing', 'listed', 'log group'),
    ],
  },
  {
    name: 'HuntazeOfStackBrowserWorkerTaskCED33274',
    key: 'browserWorker',
    owner: 'HuntazeOfStack',
    cluster: 'huntaze-of-fargate',
    repository: 'huntaze/of-browser-worker',
    container: 'of-browser-worker',
    cpu: 2048,
    memory: 8192,
    openFiles: 8192,
    logGroup: { name: '/huntaze/of/browser-worker', retentionDays: 14, prefix: 'of-browser' },
    executionRole: 'huntaze-of-browser-worker-execution',
    taskRole: 'huntaze-of-browser-worker-task',
    variables: {
      NODE_ENV: { from: 'literal', value: 'production' },
      AWS_REGION: { from: 'literal', value: 'us-east-1' },
      OF_DDB_SESSIONS_TABLE: { from: 'literal', value: 'HuntazeOfSessions' },
      OF_DDB_THREADS_TABLE: { from: 'literal', value: 'HuntazeOfThreads' },
      OF_DDB_MESSAGES_TABLE: { from: 'literal', value: 'HuntazeOfMessages' },
      OF_KMS_KEY_ID: { from: 'literal', value: 'c554a2c6-56e1-430c-b191-78e56502c0df' },
      OF_LOGIN_SECRET_NAME: { from: 'literal', value: 'of/creds/huntaze' },
    },
    permissions: [
      ...['HuntazeOfSessions', 'HuntazeOfThreads', 'HuntazeOfMessages'].map(
        (name): Permission => ({
          on: 'table',
          name,
          actions: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
        }),
      ),
      {
        on: 'kms-key',
        id: 'c554a2c6-56e1-430c-b191-78e56502c0df',
        actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
      },
      { on: 'secret', name: 'of/creds/huntaze', actions: ['secretsmanager:GetSecretValue'] },
      { on: 'bucket-objects', bucket: 'huntaze-of-traces-317805897534-us-east-1', actions: ['s3:PutObject'] },
    ],
    evidence: [
      design('cpu, memory, environment keys, log group; retention 7 days in the older stack, 14 in the newer'),
      design('names of its roles are not documented: ours'),
    ],
  },
  {
    name: 'ai-summarizer',
    key: 'summarizer',
    owner: 'ai-team',
    cluster: 'ai-team',
    repository: 'ai-team/summarizer',
    container: 'summarizer',
    cpu: 512,
    memory: 1024,
    logGroup: { name: '/ecs/ai-summarizer', retentionDays: 14, prefix: 'ecs' },
    executionRole: 'ecsTaskExecutionRole-ai-summarizer-use1',
    taskRole: 'ecsTaskRole-ai-summarizer-use1',
    variables: {
      LLM_PROVIDER: { from: 'parameter', parameter: 'ai-summarizer/llm-provider' },
      DATABASE_URL: { from: 'secret', secret: 'ai-team/database-url' },
      AZURE_OPENAI_ENDPOINT: { from: 'hybrid', name: hybridNames.endpoint },
      AZURE_OPENAI_DEPLOYMENT: { from: 'hybrid', name: hybridNames.deploymentStandard },
      AZURE_OPENAI_API_VERSION: { from: 'hybrid', name: hybridNames.apiVersion },
      AZURE_TENANT_ID: { from: 'hybrid', name: hybridNames.tenantId },
      AZURE_CLIENT_ID: { from: 'hybrid', name: hybridNames.clientId },
      [hybridPathVariable]: { from: 'literal', value: hybridParameterPath },
    },
    permissions: [],
    evidence: [
      evidence(
        'aiTeamTerraform',
        'inferred',
        "settings; which four AZURE_OPENAI_* keys is inferred from the SDK's names",
      ),
      proposed(
        'AZURE_OPENAI_API_KEY is gone and its secret, ai-team/azure-openai, is read no more: the task gets a token by its role',
      ),
      evidence('costListing', 'listed', 'log group and both secrets'),
    ],
  },
  {
    name: 'huntaze-consolidate',
    key: 'consolidation',
    owner: 'this repository',
    cluster: 'huntaze-cluster',
    repository: 'huntaze/consolidate',
    container: 'estate',
    cpu: 1024,
    memory: 2048,
    logGroup: { name: '/huntaze/consolidation', retentionDays: 400, prefix: 'run' },
    executionRole: 'huntaze-consolidate-execution',
    taskRole: 'huntaze-consolidate-task',
    variables: { AWS_REGION: { from: 'literal', value: 'us-east-1' } },
    // The rights follow from phase and strategy: `runnerPermissions` in consolidation.ts.
    permissions: [],
    evidence: [proposed('runs the consolidation inside the VPC; started by hand, once for each run')],
  },
];

/** The one service that any listing shows. */
export interface ServiceRow extends Row {
  readonly cluster: string;
  readonly task: TaskRow['key'];
  /** Zones of the default VPC in which tasks start. */
  readonly zones: readonly string[];
}

export const services: readonly ServiceRow[] = [
  {
    name: 'onlyfans-scraper',
    cluster: 'huntaze-cluster',
    task: 'scraper',
    zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
    owner: 'scripts or console',
    evidence: [
      evidence('costListing', 'listed', '0 running tasks on 19 December'),
      evidence(
        'scraperScript',
        'inferred',
        'public subnets of the default VPC, public address, group onlyfans-scraper-sg',
      ),
    ],
  },
];
