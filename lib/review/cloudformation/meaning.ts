import { canonical, own, type Value } from '../compare/canonical';
import { isObject } from '../json';
import { isPolicyDocument, policyMeaning } from './policy-document';

type Section = Readonly<Record<string, Value>>;

const section = (value: Value): Section => (isObject(value) ? value : {});

/**
 * What the values of one template mean: references to parameters carry the default, conditions their definition,
 * mappings the value that is looked up. So a change of any of these is a change of every property that hangs on it, and
 * two ways to write the same are equal.
 */
export class Meaning {
  private readonly parameters: Section;
  private readonly conditions: Section;
  private readonly mappings: Section;
  private readonly definitions = new Map<string, Value>();

  /**
   * @param assets hashes to be read as one and the same
   * @param aliases logical ids that count as another one
   */
  constructor(
    template: Readonly<Record<string, unknown>>,
    private readonly assets: ReadonlySet<string>,
    private readonly aliases: ReadonlyMap<string, string> = new Map(),
  ) {
    this.parameters = section(template.Parameters);
    this.conditions = section(template.Conditions);
    this.mappings = section(template.Mappings);
  }

  /** The value with everything in its place that it hangs on. */
  of(value: Value): Value {
    if (typeof value === 'string') return this.scrubbed(value);
    if (Array.isArray(value)) return value.map((item) => this.of(item)).filter((item) => item !== undefined);
    if (!isObject(value)) return value;
    const [key, ...others] = Object.keys(value);
    if (key !== undefined && others.length === 0) {
      const argument = value[key];
      if (key === 'Ref') return this.reference(String(argument));
      if (key === 'Condition' && typeof argument === 'string') return { Condition: this.condition(argument) };
      if (key.startsWith('Fn::')) return this.intrinsic(key, argument);
    }
    if (isPolicyDocument(value)) return policyMeaning(this.fields(value));
    return this.fields(value);
  }

  /** The definition of a condition, or its name where the template holds none. */
  condition(name: string): Value {
    const known = this.definitions.get(name);
    if (known !== undefined) return known;
    // A condition that leads back to itself is refused by CloudFormation; here it must only not loop.
    this.definitions.set(name, { name });
    const definition = { name, is: this.of(own(this.conditions, name)) };
    this.definitions.set(name, definition);
    return definition;
  }

  private fields(value: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, inner]) => [key, this.of(inner)] as const)
        .filter(([, inner]) => inner !== undefined),
    );
  }

  private reference(name: string): Value {
    if (name === 'AWS::NoValue') return undefined;
    const parameter = own(this.parameters, name);
    return isObject(parameter)
      ? { Ref: this.scrubbed(name), type: parameter.Type, default: this.of(parameter.Default) }
      : { Ref: this.alias(name) };
  }

  private alias(logicalId: string): string {
    return this.aliases.get(logicalId) ?? this.scrubbed(logicalId);
  }

  private intrinsic(key: string, argument: Value): Value {
    switch (key) {
      case 'Fn::GetAtt': {
        const [logicalId = '', ...attribute] = Array.isArray(argument) ? argument : String(argument).split('.');
        return { 'Fn::GetAtt': [this.alias(String(logicalId)), attribute.map((part) => this.of(part)).join('.')] };
      }
      case 'Fn::If': {
        const [name, yes, no] = Array.isArray(argument) ? argument : [];
        return { 'Fn::If': [this.condition(String(name)), this.of(yes) ?? null, this.of(no) ?? null] };
      }
      case 'Fn::FindInMap':
        return this.lookUp(argument);
      case 'Fn::Join': {
        const [separator, parts] = Array.isArray(argument) ? argument : [];
        return separator === '' && Array.isArray(parts)
          ? concatenation(parts.map((part) => this.of(part)))
          : { 'Fn::Join': this.of(argument) };
      }
      case 'Fn::Sub':
        return this.substitution(argument);
      default:
        return { [key]: this.of(argument) };
    }
  }

  private lookUp(argument: Value): Value {
    const keys = Array.isArray(argument) ? argument : [];
    let found: Value = this.mappings;
    for (const key of keys.slice(0, 3)) {
      // A key that only the deployment knows: every value of the mapping may come out.
      if (typeof key !== 'string' || !isObject(found)) return { 'Fn::FindInMap': this.of(argument), of: found };
      found = own(found, key);
    }
    return found === undefined ? { 'Fn::FindInMap': this.of(argument) } : this.of(found);
  }

  private substitution(argument: Value): Value {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
    if (typeof text !== 'string') return { 'Fn::Sub': this.of(argument) };
    return concatenation(
      text.split(/(\$\{[^}]*\})/).map((part) => {
        const name = /^\$\{([^!].*)\}$/.exec(part)?.[1];
        if (name === undefined) return this.of(part);
        if (isObject(variables) && Object.hasOwn(variables, name)) return this.of(variables[name]);
        return name.includes('.') && !name.startsWith('AWS::') ? this.of({ 'Fn::GetAtt': name }) : this.reference(name);
      }),
    );
  }

  private scrubbed(text: string): string {
    return text.length < 32
      ? text
      : text.replace(/[0-9a-f]{32,128}/g, (hash) => (this.assets.has(hash) ? '<asset>' : hash));
  }
}

/** Parts put together, with neighbouring texts as one: however it was written, the same text is the same. */
function concatenation(parts: readonly Value[]): Value {
  const joined: Value[] = [];
  for (const part of parts.flatMap((inner) =>
    isObject(inner) && Array.isArray(inner.concat) ? inner.concat : [inner],
  )) {
    const last = joined.at(-1);
    if (part === '' || part === undefined) continue;
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else joined.push(part);
  }
  return joined.length === 0 ? '' : joined.length === 1 ? joined[0] : { concat: joined };
}

/** What two templates define beside their resources, as one text: equal texts change no meaning. */
export const definitionsOf = (template: Readonly<Record<string, unknown>>): string =>
  canonical([template.Parameters, template.Conditions, template.Mappings]);
