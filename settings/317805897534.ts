import type { AccountSettingsInput } from '../lib/estate/settings';

/** Decisions for the audited account. */
export const settings: AccountSettingsInput = {
  account: '317805897534',
  region: 'us-east-1',
  posture: 'hardened',
  // Decision to take: look at the account first (listings of 22 December 2025 show it nearly empty).
  origin: 'undecided',
  bootstrapQualifier: 'hnb659fds',
  // The audit asks for nodejs20.x; the lifecycle check says when AWS withdraws it.
  runtime: 'nodejs20.x',
  network: {
    defaultVpcId: 'vpc-033be7e71ec9548d2',
    defaultSubnets: {
      'us-east-1a': 'subnet-0e29bef80f4c488cd',
      'us-east-1b': 'subnet-05e28eada74da9a38',
      'us-east-1c': 'subnet-0c42745a2a381a93c',
      'us-east-1d': 'subnet-0114dd28550cfe54a',
      'us-east-1e': 'subnet-003088e522e36eaa8',
      'us-east-1f': 'subnet-0e48ea131e6267bea',
    },
  },
  databases: {
    engineVersion: '17.4',
    // Inferred: the console's default name. No document has it; adoption reads it live.
    masterUsername: 'postgres',
    // Application settings of 24 November 2025.
    databaseName: 'huntaze',
    // RDS migration status, 29 October 2025: probably the AWS-managed key of RDS.
    encryptedInstanceKeyId: 'a82c2f5a-78be-4148-8a07-76c8af7410b7',
    // Decision to take: an application outside the VPC may use the plain instance.
    closePublicAccess: false,
    // docs/decisions/010-where-the-consolidation-runs.md says what each phase brings and what its deploy restarts.
    consolidation: { phase: 'off' },
  },
  tableKeys: {
    // Inferred from the publishers and the OAuth refresher, which address a token by user and provider.
    'huntaze-oauth-tokens': {
      partition: { name: 'userId', type: 'S' },
      sort: { name: 'provider', type: 'S' },
    },
    // The function that writes the table uses day and sk; one script says eventId. Adoption reads it live.
    'huntaze-analytics-events': {
      partition: { name: 'day', type: 'S' },
      sort: { name: 'sk', type: 'S' },
    },
  },
  compute: { scraperDesiredCount: 0 },
  edge: {
    // Decision to take: two Cognito pools appear in documents (us-east-1_XXTo7YU8O, us-east-1_RSrwkHKaR); which one
    // signs the site's tokens is not recorded. Until it is set, the edge admits nobody but on public paths.
  },
  azure: {},
  // Decision to take: which GitHub repository deploys. Until it is named, no identity of a pipeline is synthesized.
  delivery: {},
};
