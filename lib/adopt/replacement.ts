import { type Replacement, typeSpecification } from '../review/cloudformation/specification';

/**
 * Whether another value of a property replaces the resource, as the service specification of AWS has it.
 *
 * A property or a type that the specification does not know counts as `maybe`: never as safe.
 */
export const replacementBy = (type: string, property: string): Replacement =>
  specification(type, property)?.replacement ?? 'maybe';

/** Whether the specification knows a property at all. */
export const isSpecified = (type: string, property: string): boolean => specification(type, property) !== undefined;

const specification = (type: string, property: string) => typeSpecification(type)?.properties.get(property);
