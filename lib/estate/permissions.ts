/** Something that a permission is given on, by its physical name. */
export type Resource =
  | { readonly on: 'table'; readonly name: string; readonly indexes?: readonly string[] }
  | { readonly on: 'queue'; readonly name: string }
  | { readonly on: 'secret'; readonly name: string }
  | { readonly on: 'ecs-service'; readonly cluster: string; readonly name: string }
  | { readonly on: 'kms-key'; readonly id: string }
  | { readonly on: 'function'; readonly name: string }
  /** A DB instance; an asterisk stands for any characters. */
  | { readonly on: 'database'; readonly name: string }
  | { readonly on: 'database-parameters'; readonly name: string }
  | { readonly on: 'database-subnet-group'; readonly name: string }
  /** Manual snapshots whose names begin so. */
  | { readonly on: 'database-snapshots'; readonly prefix: string }
  /** Blue/green deployments get their ids from AWS. */
  | { readonly on: 'database-deployments' }
  | { readonly on: 'stack'; readonly name: string }
  | { readonly on: 'alarms'; readonly prefix: string }
  /** Calls that know no resource. */
  | { readonly on: 'everything' }
  /** Metrics of one namespace, which the call knows as a condition only. */
  | { readonly on: 'metrics'; readonly namespace: string }
  /** Tasks of one cluster. */
  | { readonly on: 'tasks'; readonly cluster: string }
  /** Configuration of the feature flags, by the ids that the data stack published. */
  | { readonly on: 'feature-flags'; readonly parts: readonly FeatureFlagsPart[] }
  /** Objects of a bucket whose name only the account knows, or of one of ours. */
  | { readonly on: 'bucket-objects'; readonly bucket: string | { readonly parameter: string } };

export type FeatureFlagsPart =
  | 'application'
  | 'configuration'
  | 'profile'
  | 'versions'
  | 'environment'
  | 'deployments'
  | 'strategy';

/** What a role may do, on one resource. */
export type Permission = Resource & { readonly actions: readonly string[] };
