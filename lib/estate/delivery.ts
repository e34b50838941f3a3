import { z } from 'zod';

/** Who signs the tokens of GitHub Actions, without the scheme. */
export const githubIssuer = 'token.actions.githubusercontent.com';

/** Branch that deploys. */
export const deliveryBranch = 'main';

/**
 * Environments of the GitHub repository. The token of a job with an environment names the environment and no branch,
 * so each of them must itself be limited to {@link deliveryBranch} in the repository's settings.
 */
export const deliveryEnvironments = {
  /** Executes approved change sets on AWS. Required reviewers. */
  awsDeploy: 'production',
  /** Reads Azure and saves a plan. No reviewers: it changes nothing. */
  azurePlan: 'azure-plan',
  /** Applies an approved plan to Azure. Required reviewers. */
  azureApply: 'azure-production',
} as const;

/** Who may deploy. Without a repository nobody may, and no identity of the pipeline is synthesized. */
export const deliverySettingsSchema = z
  .strictObject({
    /** `owner/name` on GitHub. There is no default: whoever owned a name that is only a guess could deploy. */
    repository: z
      .string()
      .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/[A-Za-z0-9._-]{1,100}$/, 'owner/name of a GitHub repository')
      .optional(),
    /**
     * Ids of the owner and the repository, for a repository whose tokens carry them: GitHub adds them to the subject
     * of every repository created or renamed since the summer of 2026, and to older ones that opt in. A name can be
     * taken over by somebody else, an id cannot.
     * Source: https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens
     */
    immutableIds: z.strictObject({ owner: z.int().positive(), repository: z.int().positive() }).optional(),
  })
  .refine(({ repository, immutableIds }) => repository !== undefined || immutableIds === undefined, {
    message: 'immutableIds belong to a repository: set delivery.repository too',
    path: ['immutableIds'],
  });

export type DeliverySettings = z.output<typeof deliverySettingsSchema>;

/** The settings of somebody who may deploy. */
export type Deliverer = DeliverySettings & { readonly repository: string };

export const isDeliverer = (delivery: DeliverySettings): delivery is Deliverer => delivery.repository !== undefined;

/** Start of the subject of every token of the repository's jobs. */
function subjectPrefix({ repository, immutableIds }: Deliverer): string {
  if (immutableIds === undefined) return `repo:${repository}`;
  const [owner, name] = repository.split('/');
  return `repo:${owner}@${immutableIds.owner}/${name}@${immutableIds.repository}`;
}

/** Subject of a job that runs in an environment. */
export const environmentSubject = (delivery: Deliverer, environment: string): string =>
  `${subjectPrefix(delivery)}:environment:${environment}`;

/** Subject of a job without an environment, on the branch that deploys. Pull requests and other branches have others. */
export const branchSubject = (delivery: Deliverer): string =>
  `${subjectPrefix(delivery)}:ref:refs/heads/${deliveryBranch}`;

/** Names of what the pipeline owns in an AWS account. */
export const deliveryNames = {
  stackName: 'huntaze-estate-delivery',
  /** Reads the account's configuration, and no data. */
  planRole: 'huntaze-delivery-plan',
  /** Prepares change sets, and executes none. */
  prepareRole: 'huntaze-delivery-prepare',
  /** Executes change sets through the roles of the CDK bootstrap. */
  deployRole: 'huntaze-delivery-deploy',
  /** Stores plans of Azure, and reads none. */
  azurePlanRole: 'huntaze-delivery-azure-plan',
  /** Reads plans of Azure, and stores none. */
  azureApplyRole: 'huntaze-delivery-azure-apply',
  /** What CloudFormation may do when it deploys the estate; also the boundary of its role. */
  executionPolicy: 'huntaze-cloudformation-execution',
  /** The most that any role of the estate may do. */
  workloadBoundary: 'huntaze-workload-boundary',
  keyAlias: 'alias/huntaze-delivery',
} as const;

/** Start of the name of every change set that the pipeline prepares: its role can create no other. */
export const changeSetPrefix = 'huntaze-plan-';

export const deliveryBucketName = (place: { readonly account: string; readonly region: string }): string =>
  `huntaze-delivery-${place.account}-${place.region}`;

/** Folders of the delivery bucket. */
export const deliveryPrefixes = {
  /** Templates by the hash of their bytes, for change sets. */
  templates: 'templates/',
  /** Synthesized assemblies by the hash of their archive. */
  assemblies: 'assemblies/',
  /** Which assembly each environment has. */
  deployed: 'deployed/',
  /** Saved plans of Terraform, which hold sensitive values. */
  azurePlans: 'azure/plans/',
} as const;
