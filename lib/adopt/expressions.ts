import type { Template } from './assembly';
import { isObject, type Json, type JsonObject } from './json';

/** What an expression of a template may refer to. */
export interface Scope {
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
  readonly template: Template;
  /** What `Ref` and `Fn::GetAtt` give for a resource of this template; `undefined` when it is not known. */
  resource(
    logicalId: string,
  ): { readonly ref: string; readonly attributes: Readonly<Record<string, string>> } | undefined;
  /** Value of an SSM parameter that a stack publishes; `undefined` when only the account knows it. */
  published(name: string): Json | undefined;
}

/**
 * What stands for a part of an expression that nobody knows yet. Two renderings of one expression give the same text, so
 * that it shows as no difference; it never equals a live value.
 */
const unknown = (expression: Json): string => `(not known: ${JSON.stringify(expression)})`;

/** Whether a value has a part that nobody knows yet. */
export const isUnknown = (value: Json | undefined): boolean =>
  value !== undefined && JSON.stringify(value).includes('(not known: ');

/** A value of a template with its references replaced by what they stand for. */
export function evaluate(value: Json, scope: Scope): Json {
  if (Array.isArray(value)) return value.map((element) => evaluate(element, scope));
  if (!isObject(value)) return value;
  const [entry, ...more] = Object.entries(value);
  if (entry !== undefined && more.length === 0) {
    const intrinsic = intrinsics[entry[0]];
    if (intrinsic !== undefined) return intrinsic(entry[1], scope) ?? unknown(value);
  }
  return evaluateMembers(value, scope);
}

/** Each member of an object, evaluated. */
export const evaluateMembers = (value: JsonObject, scope: Scope): JsonObject =>
  Object.fromEntries(Object.entries(value).map(([key, member]) => [key, evaluate(member, scope)]));

/** Logical ids and parameters that a value refers to. */
export function referencesIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    if (key === 'Ref') return pseudoParameters.has(String(member)) ? [] : [String(member)];
    if (key === 'Fn::GetAtt') return [attributeOf(member)[0]];
    if (key === 'Fn::Sub') return [...substitutionsIn(member), ...(Array.isArray(member) ? referencesIn(member) : [])];
    return referencesIn(member);
  });
}

const pseudoParameters: ReadonlySet<string> = new Set([
  'AWS::AccountId',
  'AWS::Region',
  'AWS::Partition',
  'AWS::URLSuffix',
  'AWS::StackName',
  'AWS::NoValue',
]);

const intrinsics: Readonly<Record<string, (argument: Json, scope: Scope) => Json | undefined>> = {
  Ref: (argument, scope) => reference(String(argument), scope),
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId, attribute] = attributeOf(argument);
    return scope.resource(logicalId)?.attributes[attribute];
  },
  'Fn::Join': (argument, scope) => {
    if (!Array.isArray(argument) || !Array.isArray(argument[1])) return undefined;
    return argument[1].map((part: Json) => asText(evaluate(part, scope))).join(String(argument[0]));
  },
  'Fn::Sub': (argument, scope) => substitute(argument, scope),
  'Fn::Select': (argument, scope) => {
    if (!Array.isArray(argument)) return undefined;
    const list = evaluate(argument[1], scope);
    return Array.isArray(list) ? list[Number(argument[0])] : undefined;
  },
  'Fn::Split': (argument, scope) => {
    if (!Array.isArray(argument)) return undefined;
    const text = evaluate(argument[1], scope);
    return typeof text === 'string' && !isUnknown(text) ? text.split(String(argument[0])) : undefined;
  },
};

function reference(name: string, scope: Scope): Json | undefined {
  switch (name) {
    case 'AWS::AccountId':
      return scope.account;
    case 'AWS::Region':
      return scope.region;
    case 'AWS::Partition':
      return 'aws';
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    case 'AWS::StackName':
      return scope.stackName;
  }
  const parameter = scope.template.Parameters?.[name];
  if (parameter === undefined) return scope.resource(name)?.ref;
  const { Type: type, Default: given } = parameter;
  return type.startsWith('AWS::SSM::Parameter::Value') ? scope.published(String(given)) : given;
}

function attributeOf(argument: Json): [string, string] {
  const text = Array.isArray(argument) ? argument.map(String).join('.') : String(argument);
  const dot = text.indexOf('.');
  return [text.slice(0, dot), text.slice(dot + 1)];
}

const substitution = /\$\{([^!}][^}]*)\}/g;

function substitutionsIn(argument: Json): string[] {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  return [...String(text).matchAll(substitution)]
    .map(([, name = '']) => name)
    .filter((name) => !pseudoParameters.has(name) && !(isObject(variables) && name in variables))
    .map((name) => name.split('.')[0] ?? name);
}

function substitute(argument: Json, scope: Scope): Json {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const substituted = String(text).replace(substitution, (_match, name: string) => {
    const given = isObject(variables) ? variables[name] : undefined;
    if (given !== undefined) return asText(evaluate(given, scope));
    const [logicalId = '', ...attribute] = name.split('.');
    const expression: Json =
      attribute.length === 0 ? { Ref: name } : { 'Fn::GetAtt': [logicalId, attribute.join('.')] };
    return asText(evaluate(expression, scope));
  });
  // `${!name}` stands for `${name}` itself.
  return substituted.replaceAll('${!', '${');
}

const asText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
