import { typeSpecification } from './specification';

/** The name that the account knows a resource by, where the template holds it as a literal. */
export function physicalName(type: string, properties: Readonly<Record<string, unknown>>): string | undefined {
  const property = typeSpecification(type)?.nameProperty;
  const value = property === undefined ? undefined : properties[property];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
