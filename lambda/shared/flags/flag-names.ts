/** Flags of the profile that the functions know. */
export const flagNames = {
  /** On: reads go to the database; off: to the in-memory users. */
  prismaAdapter: 'prismaAdapter',
} as const;

export type FlagName = (typeof flagNames)[keyof typeof flagNames];
