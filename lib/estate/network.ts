import { evidence, proposed, type Row } from './evidence';

/** A VPC of the account. */
export interface VpcRow extends Row {
  readonly cidr: string;
  /** Referenced by id, or created by the network stack. */
  readonly source: 'referenced' | 'created';
}

export const defaultVpc: VpcRow = {
  name: 'vpc-033be7e71ec9548d2',
  owner: 'AWS',
  cidr: '172.31.0.0/16',
  source: 'referenced',
  evidence: [evidence('costListing', 'listed', 'the default VPC, six subnets')],
};

export const workerVpc: VpcRow & { readonly zones: readonly string[]; readonly subnetMask: number } = {
  name: 'HuntazeOfStack/WorkerVpc',
  owner: 'HuntazeOfStack',
  cidr: '10.2.0.0/16',
  source: 'created',
  zones: ['us-east-1a', 'us-east-1b'],
  subnetMask: 20,
  evidence: [
    evidence('costListing', 'listed', 'vpc-061c699657e754283, no NAT gateway'),
    evidence('ofCdk', 'inferred', 'two zones, public /20; which zones is not documented'),
  ],
};

/**
 * Zones of the default VPC in which functions and their interface endpoints stand. Two, because an endpoint costs in each
 * zone; the endpoints of both services exist in these (us-east-1e lacks many).
 */
export const functionZones: readonly string[] = ['us-east-1a', 'us-east-1b'];

/** Flow log of the worker VPC, which the hardened posture adds: nothing recorded who talks to its public subnets. */
export const workerVpcFlowLog = {
  name: '/huntaze/vpc/worker-flow-logs',
  role: 'huntaze-worker-vpc-flow-logs',
  retentionDays: 14,
  evidence: [proposed('no flow log is in any listing')],
} as const;

/** Security groups by the key under which stacks look up their id. */
export const securityGroups = {
  database: {
    name: 'huntaze-rds-sg-production',
    description: 'Huntaze PostgreSQL',
    port: 5432,
    evidence: [evidence('servicesScript', 'inferred', 'sg-0b7cd6003e324a3bc; 5432 open to 0.0.0.0/0 in the script')],
  },
  cache: {
    name: 'huntaze-redis-sg-production',
    description: 'Huntaze Redis',
    port: 6379,
    evidence: [evidence('servicesScript', 'inferred', 'sg-0b955147bc81be334; 6379 open to 0.0.0.0/0 in the script')],
  },
  scraper: {
    name: 'onlyfans-scraper-sg',
    description: 'Huntaze OnlyFans scraper, egress only',
    evidence: [evidence('scraperScript', 'inferred', 'egress only')],
  },
  functions: {
    name: 'huntaze-functions-sg',
    description: 'Huntaze functions inside the VPC, egress only',
    evidence: [proposed('functions that talk to Redis or to the closed database')],
  },
  consolidation: {
    name: 'huntaze-consolidation-sg',
    description: 'Huntaze consolidation task, egress to PostgreSQL and HTTPS only',
    evidence: [proposed('the one-off task that consolidates the two instances')],
  },
  endpoints: {
    name: 'huntaze-endpoints-sg',
    description: 'Huntaze interface endpoints of the default VPC',
    port: 443,
    evidence: [proposed('functions inside the VPC call AWS without a NAT gateway')],
  },
} as const;

export type SecurityGroupKey = keyof typeof securityGroups;
