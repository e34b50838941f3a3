/** A statement of a resource policy, as far as the audit reads it. */
interface Statement {
  readonly Effect?: string;
  readonly Principal?: '*' | { readonly AWS?: string | string[]; readonly Service?: string | string[] };
  readonly Action?: string | string[];
  readonly Resource?: string | string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;
}

/** The statements of a policy; none for a resource without one. */
export function statementsOf(policy: string | undefined): readonly Statement[] {
  if (policy === undefined || policy === '') return [];
  return list((JSON.parse(policy) as { readonly Statement?: Statement | Statement[] }).Statement);
}

/**
 * Whether everybody is denied every action of a service over plain HTTP.
 *
 * @param action such as `s3:*`
 * @param resources ARNs that the denial must cover, all of them
 */
export const isTlsOnly = (statements: readonly Statement[], action: string, resources: readonly string[]): boolean =>
  statements.some(
    (statement) =>
      statement.Effect === 'Deny' &&
      isEverybody(statement) &&
      list(statement.Action).includes(action) &&
      resources.every((resource) => list(statement.Resource).includes(resource)) &&
      conditionValues(statement, 'Bool', 'aws:SecureTransport').includes('false'),
  );

/** What services may do, as `service action` or `service action if key=value`, sorted. */
export const serviceGrants = (statements: readonly Statement[]): string[] =>
  statements
    .filter((statement) => statement.Effect === 'Allow' && services(statement).length > 0)
    .flatMap((statement) => {
      const sources = sourceConditions(statement);
      const condition = sources.length > 0 ? ` if ${sources.join(' and ')}` : '';
      return services(statement).flatMap((service) =>
        list(statement.Action).map((action) => `${service} ${action}${condition}`),
      );
    })
    .sort();

/** A call that a service makes on behalf of a resource. */
export interface ServiceCall {
  readonly service: string;
  readonly action: string;
}

/** ARN patterns of the resources on behalf of which a service may make a call; `*` where a statement does not narrow it. */
export const grantedSources = (statements: readonly Statement[], { service, action }: ServiceCall): string[] =>
  statements
    .filter(
      (statement) =>
        statement.Effect === 'Allow' &&
        services(statement).includes(service) &&
        list(statement.Action).includes(action),
    )
    .flatMap((statement) => {
      const sources = ['ArnLike', 'ArnEquals', 'StringLike', 'StringEquals'].flatMap((operator) =>
        conditionValues(statement, operator, 'aws:SourceArn'),
      );
      return sources.length > 0 ? sources : ['*'];
    });

/** Whether a policy lets a service make a call on behalf of one resource. */
export const admits = (statements: readonly Statement[], call: ServiceCall, sourceArn: string): boolean =>
  grantedSources(statements, call).some((pattern) => glob(pattern).test(sourceArn));

const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T];

const isEverybody = ({ Principal: principal }: Statement): boolean =>
  principal === '*' || (typeof principal === 'object' && list(principal.AWS).includes('*'));

const services = ({ Principal: principal }: Statement): readonly string[] =>
  typeof principal === 'object' ? list(principal.Service) : [];

/** Condition keys are case-insensitive, their values are not. */
const conditionValues = (statement: Statement, operator: string, key: string): readonly string[] =>
  Object.entries(statement.Condition?.[operator] ?? {})
    .filter(([name]) => name.toLowerCase() === key.toLowerCase())
    .flatMap(([, value]) => list(value));

const sourceConditions = (statement: Statement): string[] =>
  Object.values(statement.Condition ?? {})
    .flatMap((entries) => Object.entries(entries))
    .filter(([key]) => /^aws:source(arn|account)$/i.test(key))
    .map(
      ([key, value]) =>
        `${key.toLowerCase() === 'aws:sourcearn' ? 'SourceArn' : 'SourceAccount'}=${list(value).join('|')}`,
    )
    .sort();

/** IAM patterns: `*` for any run of characters, `?` for one. */
const glob = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );
