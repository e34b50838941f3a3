import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';

/** What another value of a property does to its resource, as the service specification of AWS has it. */
export type Replacement = 'yes' | 'maybe' | 'no';

let database: ReturnType<typeof loadAwsServiceSpecSync> | undefined;
const answers = new Map<string, Replacement>();

/**
 * Whether another value of a property replaces the resource.
 *
 * A property or a type that the specification does not know counts as `maybe`: never as safe.
 */
export function replacementBy(type: string, property: string): Replacement {
  const key = `${type} ${property}`;
  const known = answers.get(key);
  if (known !== undefined) return known;
  const specified = specification(type, property);
  const answer = specified === undefined ? 'maybe' : (specified.causesReplacement ?? 'no');
  answers.set(key, answer);
  return answer;
}

/** Whether the specification knows a property at all. */
export const isSpecified = (type: string, property: string): boolean => specification(type, property) !== undefined;

function specification(type: string, property: string) {
  // Loading takes half a second: only who asks pays.
  database ??= loadAwsServiceSpecSync();
  return database.lookup('resource', 'cloudFormationType', 'equals', type)[0]?.properties[property];
}
