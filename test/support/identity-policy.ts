import type { Permission } from '../../lib/estate/delivery-permissions';

export interface IdentityRequest {
  readonly action: string;
  readonly resource: string;
  /** Condition keys of the request. @default none */
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * Whether an identity's statements allow a call: an allow, and no denial. Knows the condition operators that the
 * pipeline's policies use, and refuses any other.
 */
export function identityAllows(statements: readonly Permission[], request: IdentityRequest): boolean {
  const matching = statements.filter((statement) => matches(statement, request));
  const effects = new Set(matching.map(({ effect = 'Allow' }) => effect));
  return effects.has('Allow') && !effects.has('Deny');
}

function matches(statement: Permission, { action, resource, context = {} }: IdentityRequest): boolean {
  const { actions, resources, notResources, conditions = {} } = statement;
  return (
    actions.some((pattern) => like(pattern.toLowerCase(), action.toLowerCase())) &&
    (resources === undefined || resources.some((pattern) => like(pattern, resource))) &&
    (notResources === undefined || !notResources.some((pattern) => like(pattern, resource))) &&
    Object.entries(conditions).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => holds(operator, [values].flat(), context[key])),
    )
  );
}

function holds(operator: string, values: readonly string[], actual: string | undefined): boolean {
  switch (operator) {
    case 'StringEquals':
      return actual !== undefined && values.includes(actual);
    case 'StringLike':
      return actual !== undefined && values.some((value) => like(value, actual));
    default:
      throw new Error(`Condition operator is not known to the test, got: ${operator}. Add it to holds().`);
  }
}

const like = (pattern: string, value: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(value);
