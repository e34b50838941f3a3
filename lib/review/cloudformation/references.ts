import type { Value } from '../compare/canonical';
import { isObject } from '../json';

/** Logical ids that a value refers to, at any depth. */
export function references(value: Value, found: Set<string> = new Set()): ReadonlySet<string> {
  if (Array.isArray(value)) for (const item of value) references(item, found);
  if (!isObject(value)) return found;
  for (const [key, argument] of Object.entries(value)) {
    if (key === 'Ref' && typeof argument === 'string') found.add(argument);
    if (key === 'Fn::GetAtt') {
      const first = Array.isArray(argument) ? argument[0] : String(argument).split('.')[0];
      if (typeof first === 'string') found.add(first);
    }
    if (key === 'Fn::Sub') {
      const text = Array.isArray(argument) ? argument[0] : argument;
      for (const [, name = ''] of String(text).matchAll(/\$\{([^!][^}]*)\}/g)) found.add(name.split('.')[0] ?? name);
    }
    references(argument, found);
  }
  return found;
}
