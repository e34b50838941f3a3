/** A resource of a CloudFormation template, as far as the rules read it. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

/** A CloudFormation template: ours, or any other. */
export interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
}

/** A template and the stack that it is for. */
export interface StackTemplate {
  readonly stack: string;
  readonly template: Template;
}

/** A resource where it stands. */
export interface LocatedResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly resource: TemplateResource;
}

/** Every resource of the given types, over all templates. */
export const resourcesOf = (templates: readonly StackTemplate[], ...types: readonly string[]): LocatedResource[] =>
  templates.flatMap(({ stack, template }) =>
    Object.entries(template.Resources ?? {})
      .filter(([, resource]) => types.length === 0 || types.includes(resource.Type))
      .map(([logicalId, resource]) => ({ stack, logicalId, resource })),
  );

/** `value.a.b`, or undefined where the path leaves the objects. */
export const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string | number, unknown>)[key] : undefined,
    value,
  );

/** Logical id that a Ref or GetAtt names. */
export function referenced(value: unknown): string | undefined {
  const ref = at(value, 'Ref');
  if (typeof ref === 'string') return ref;
  const attribute = at(value, 'Fn::GetAtt');
  if (typeof attribute === 'string') return attribute.split('.')[0];
  const [logicalId] = Array.isArray(attribute) ? attribute : [];
  return typeof logicalId === 'string' ? logicalId : undefined;
}

/**
 * The text of a value, with what an intrinsic function stands for left out; enough to find a physical name at the end
 * of an ARN that is joined from parts.
 */
export function literalText(value: unknown): string {
  if (typeof value === 'string') return value;
  const join = at(value, 'Fn::Join', 1);
  if (Array.isArray(join)) return join.map(literalText).join(String(at(value, 'Fn::Join', 0) ?? ''));
  const sub = at(value, 'Fn::Sub');
  return typeof sub === 'string' ? sub : literalText(at(sub, 0) ?? '');
}
