import { at, isObject } from '../../review/json';
import type { Resource, Stack } from '../../review/model';

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The first of Terraform's blocks, written as a list or alone. */
export const block = (value: unknown): Readonly<Record<string, unknown>> => {
  const first = Array.isArray(value) ? value[0] : value;
  return isObject(first) ? first : {};
};

/**
 * A value as far as the template alone tells it: literals as they are, a parameter by its default, and an attribute of
 * a neighbouring Terraform resource by its argument of the same name. Anything else is undefined: unknown, not zero.
 */
function literal(value: unknown, stack: Stack, depth = 0): string | number | boolean | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string') return terraformReference(value, stack, depth);
  const parameter = at(value, 'Ref');
  if (typeof parameter !== 'string') return undefined;
  const standard = at(stack.template, 'Parameters', parameter, 'Default');
  const type = at(stack.template, 'Parameters', parameter, 'Type');
  // The default of an SSM parameter is the parameter's name.
  if (typeof type === 'string' && type.startsWith('AWS::SSM::')) return undefined;
  return typeof standard === 'string' || typeof standard === 'number' ? standard : undefined;
}

function terraformReference(text: string, stack: Stack, depth: number): string | number | boolean | undefined {
  if (!text.includes('${')) return text;
  const [, type, name, attribute] = /^\$\{([a-z0-9_]+)\.([\w-]+)\.(\w+)\}$/.exec(text) ?? [];
  if (type === undefined || depth > 5) return undefined;
  const target = stack.resources.get(`${type}.${name}`);
  return target === undefined ? undefined : literal(target.properties[attribute ?? ''], stack, depth + 1);
}

export const text = (value: unknown, stack: Stack): string | undefined => {
  const found = literal(value, stack);
  return found === undefined ? undefined : String(found);
};

/** Decimal text of a number, written as a number or as text; undefined where the template does not tell it. */
export function decimal(value: unknown, stack: Stack): string | undefined {
  const found = literal(value, stack);
  return found !== undefined && /^\d+(\.\d+)?$/.test(String(found)) ? String(found) : undefined;
}

/** The resource that a Ref, GetAtt or Terraform reference names, in the same stack. */
export function referenced(value: unknown, stack: Stack): Resource | undefined {
  if (typeof value === 'string') {
    const [, address] = /\$\{((?:data\.)?[a-z0-9_]+\.[\w-]+)[.}[]/.exec(value) ?? [];
    return address === undefined ? undefined : stack.resources.get(address);
  }
  const reference = at(value, 'Ref') ?? at(value, 'Fn::GetAtt');
  const logicalId = Array.isArray(reference) ? reference[0] : String(reference ?? '').split('.')[0];
  return typeof logicalId === 'string' ? stack.resources.get(logicalId) : undefined;
}
