import { canonical, type Value } from '../compare/canonical';
import { isObject } from '../json';

const list = (value: Value): readonly Value[] => (Array.isArray(value) ? value : [value]);

/** Statement elements whose lists have no order. */
const unordered = ['Action', 'NotAction', 'Resource', 'NotResource'];

export const isPolicyDocument = (value: Value): value is Readonly<Record<string, Value>> =>
  isObject(value) &&
  Array.isArray(value.Statement) &&
  value.Statement.every((item) => isObject(item) && 'Effect' in item);

/**
 * A policy document as the set of what it says: one entry per effect, principal, action, resource and condition. How
 * these are gathered into statements, and what the statements are called, means nothing.
 */
export function policyMeaning(document: Readonly<Record<string, Value>>): Value {
  const statements = (document.Statement as readonly Readonly<Record<string, Value>>[]).flatMap(
    ({ Sid: _name, ...statement }) =>
      unordered.reduce<readonly Readonly<Record<string, Value>>[]>(
        (parts, key) =>
          parts.flatMap((part) => (key in part ? list(part[key]).map((item) => ({ ...part, [key]: item })) : [part])),
        principals(statement),
      ),
  );
  const { Id: _id, ...rest } = document;
  return { ...rest, Statement: [...new Set(statements.map(canonical))].sort() };
}

function principals(statement: Readonly<Record<string, Value>>): readonly Readonly<Record<string, Value>>[] {
  const key = 'Principal' in statement ? 'Principal' : 'NotPrincipal' in statement ? 'NotPrincipal' : undefined;
  const value = key && statement[key];
  if (!key || !isObject(value)) return [statement];
  return Object.entries(value).flatMap(([kind, named]) =>
    list(named).map((one) => ({ ...statement, [key]: { [kind]: one } })),
  );
}
