/** One statement of a resource policy, as CloudFormation gets it. */
export interface PolicyStatementJson {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: { readonly Service?: string | string[]; readonly AWS?: string | string[] } | '*';
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;
}

export interface Request {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
  readonly secureTransport?: boolean;
}

/**
 * Whether the statements allow the call: an allow, and no denial (IAM user guide, "Policy evaluation logic"). Knows the
 * condition operators that the estate's resource policies use, and refuses any other.
 */
export function allows(statements: readonly PolicyStatementJson[], request: Request): boolean {
  const matching = statements.filter((statement) => matches(statement, request));
  return matching.some(({ Effect }) => Effect === 'Allow') && !matching.some(({ Effect }) => Effect === 'Deny');
}

function matches(statement: PolicyStatementJson, request: Request): boolean {
  const principals =
    statement.Principal === '*' ? ['*'] : [statement.Principal.Service ?? [], statement.Principal.AWS ?? []].flat();
  return (
    principals.some((principal) => like(principal, request.principal)) &&
    [statement.Action].flat().some((action) => like(action, request.action)) &&
    [statement.Resource].flat().some((resource) => like(resource, request.resource)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => conditionHolds(operator, key, [values].flat(), request)),
    )
  );
}

function conditionHolds(operator: string, key: string, values: readonly string[], request: Request): boolean {
  const context = new Map(
    Object.entries({ ...request.context, 'aws:SecureTransport': String(request.secureTransport ?? true) }).map(
      ([name, value]) => [name.toLowerCase(), value],
    ),
  );
  const actual = context.get(key.toLowerCase());
  switch (operator) {
    case 'Bool':
    case 'StringEquals':
      return actual !== undefined && values.includes(actual);
    case 'ArnLike':
    case 'StringLike':
      return actual !== undefined && values.some((value) => like(value, actual));
    default:
      throw new Error(`Condition operator is not known to the test, got: ${operator}. Add it to allows().`);
  }
}

const like = (pattern: string, value: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(value);
