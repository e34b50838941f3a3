import { own, type Value } from '../compare/canonical';
import { isObject } from '../json';
import type { Stack } from '../model';

const interpolation = /\$\{([^{}]+)\}/g;

/**
 * What the values of one Terraform stack mean: references to arguments that the configuration itself gives are put in
 * place, so that a location written once is known wherever it is used. What only the provider knows stays a reference.
 */
export class TerraformValues {
  /** @param addresses addresses to be read as others, from moved blocks */
  constructor(
    private readonly stack: Stack,
    private readonly addresses: ReadonlyMap<string, string> = new Map(),
  ) {}

  of(value: Value, seen: readonly string[] = []): Value {
    if (Array.isArray(value)) return value.map((item) => this.of(item, seen));
    if (isObject(value))
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.of(inner, seen)]));
    if (typeof value !== 'string' || !value.includes('${')) return value;
    const whole = /^\$\{([^{}]+)\}$/.exec(value)?.[1];
    if (whole !== undefined) return this.resolved(whole.trim(), seen) ?? `\${${this.renamed(whole.trim())}}`;
    return value.replace(interpolation, (text, expression: string) => {
      const found = this.resolved(expression.trim(), seen);
      return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean'
        ? String(found)
        : `\${${this.renamed(text.slice(2, -1).trim())}}`;
    });
  }

  /** The value of an expression that the configuration decides; undefined for any other. */
  private resolved(expression: string, seen: readonly string[]): Value {
    if (seen.includes(expression) || !/^[A-Za-z0-9_.-]+$/.test(expression)) return undefined;
    const [kind = '', name = '', ...attribute] = expression.split('.');
    const inner = [...seen, expression];
    const { template } = this.stack;
    if (kind === 'var' && attribute.length === 0) {
      const variable = own(section(template.variable), name);
      return isObject(variable) && 'default' in variable
        ? { variable: name, default: this.of(variable.default, inner) }
        : undefined;
    }
    if (kind === 'local' && attribute.length === 0) {
      const local = own(section(template.locals), name);
      return local === undefined ? undefined : this.of(local, inner);
    }
    const resource = this.stack.resources.get(`${kind}.${name}`);
    const [argument] = attribute;
    if (!resource || argument === undefined || attribute.length > 1) return undefined;
    const literal = own(resource.properties, argument);
    return literal === undefined || typeof literal === 'object' ? undefined : this.of(literal, inner);
  }

  private renamed(expression: string): string {
    let text = expression;
    for (const [from, to] of this.addresses) {
      if (text === from || text.startsWith(`${from}.`) || text.startsWith(`${from}[`))
        text = to + text.slice(from.length);
    }
    return text;
  }
}

const section = (value: Value): Readonly<Record<string, Value>> => (isObject(value) ? value : {});

/** A resource that a value refers to, and the attribute that it takes. */
export interface Reference {
  readonly address: string;
  readonly attribute: string;
}

/** References to resources in a value, at any depth. */
export function terraformReferences(value: Value): readonly Reference[] {
  if (Array.isArray(value)) return value.flatMap(terraformReferences);
  if (isObject(value)) return Object.values(value).flatMap(terraformReferences);
  if (typeof value !== 'string') return [];
  return [...value.matchAll(interpolation)].flatMap(([, expression = '']) =>
    [
      ...expression.matchAll(/([a-z][a-z0-9]*_[a-z0-9_]+|module)\.([A-Za-z0-9_-]+)(?:\[[^\]]*\])?(?:\.([a-z0-9_]+))?/g),
    ].map(([, type = '', name = '', attribute = '']) => ({ address: `${type}.${name}`, attribute })),
  );
}
