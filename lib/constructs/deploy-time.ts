/** Values that a stack reads when it deploys; an SSM parameter each. */
export interface DeployTimeValues {
  /** A value that only the account knows: a key of `requiredParameters`. */
  required(key: string): string;
  /** An id that another stack of the estate published. */
  published(stack: 'messaging' | 'data', name: string): string;
}
