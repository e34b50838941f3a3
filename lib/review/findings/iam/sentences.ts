import type { Conditions, Grant, Match } from './grant';

const joined = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? 'nothing') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

const shownItems = 10;

/** `the service lambda.amazonaws.com`, `anyone`, `account 123456789012 (another account)`. */
function principalWords(match: Match, account: string): string {
  if (match.kind === 'all-but')
    return `everyone but ${joined(match.patterns.map((one) => onePrincipal(one, account)))}`;
  return onePrincipal(match.pattern, account);
}

function onePrincipal(text: string, account: string): string {
  if (text === '*') return 'anyone';
  const [, kind = '', name = ''] = /^(Service|Federated|CanonicalUser|account):(.*)$/s.exec(text) ?? [];
  if (kind === 'account')
    return name === account
      ? 'every principal of this account that has the permission'
      : `account ${name} (another account)`;
  if (kind !== '')
    return `${{ Service: 'the service', Federated: 'the identity provider', CanonicalUser: 'the canonical user' }[kind]} ${name}`;
  const [, other] = /^arn:aws[\w-]*:(?:iam|sts)::(\d{12}):/.exec(text) ?? [];
  return other !== undefined && other !== account ? `${text} (another account)` : text;
}

const matchWords = (match: Match, everything: string): string =>
  match.kind === 'only'
    ? match.pattern === '*'
      ? everything
      : (match.shown ?? match.pattern)
    : `everything but ${joined(match.patterns)}`;

const operators: Readonly<Record<string, string>> = {
  stringequals: 'is',
  stringlike: 'is like',
  arnequals: 'is',
  arnlike: 'is like',
  bool: 'is',
  stringnotequals: 'is not',
  ipaddress: 'is in',
  notipaddress: 'is not in',
  stringequalsignorecase: 'is',
  stringnotequalsignorecase: 'is not',
  stringnotlike: 'is not like',
  arnnotequals: 'is not',
  arnnotlike: 'is not like',
  numericequals: 'is',
  numericnotequals: 'is not',
  numericlessthan: 'is below',
  numericlessthanequals: 'is at most',
  numericgreaterthan: 'is above',
  numericgreaterthanequals: 'is at least',
  datelessthan: 'is before',
  datelessthanequals: 'is not after',
  dategreaterthan: 'is after',
  dategreaterthanequals: 'is not before',
};

const setOperators: Readonly<Record<string, string>> = {
  forallvalues: 'every value of ',
  foranyvalue: 'some value of ',
};

/** Condition keys are case-insensitive, so they are compared in lower case; these are shown as their documentation has them. */
const documentedKeys = [
  'aws:CalledVia',
  'aws:PrincipalAccount',
  'aws:PrincipalArn',
  'aws:PrincipalOrgID',
  'aws:RequestedRegion',
  'aws:ResourceAccount',
  'aws:SecureTransport',
  'aws:SourceAccount',
  'aws:SourceArn',
  'aws:SourceIp',
  'aws:SourceVpc',
  'aws:SourceVpce',
  'aws:ViaAWSService',
  'iam:PassedToService',
  'kms:CallerAccount',
  'kms:ViaService',
  'sts:DurationSeconds',
  'sts:ExternalId',
  'sts:IdentityTokenAudience',
  'sts:SigningAlgorithm',
];
const keysByLowerCase = new Map(documentedKeys.map((key) => [key.toLowerCase(), key]));
const conditionKey = (key: string): string => keysByLowerCase.get(key) ?? key;

/** `if aws:SourceArn is like x and aws:SecureTransport is false`. */
function conditionWords(conditions: Conditions): string {
  const words = [...conditions].map(([key, values]) => oneCondition(key, values));
  return words.length === 0 ? '' : `, if ${words.join(' and ')}`;
}

/** The key of a condition is `operator:name`, with `forallvalues:` or `foranyvalue:` before the operator of a set. */
function oneCondition(key: string, values: readonly string[]): string {
  const parts = /^(?:(forallvalues|foranyvalue):)?([^:]*):(.*)$/s.exec(key);
  // What could not be read as a condition is shown as it is.
  if (parts === null) return `${key} matches ${values.join(' or ')}`;
  const [, set, named = '', name = ''] = parts;
  const operator = named.replace(/ifexists$/, '');
  const what = `${set === undefined ? '' : setOperators[set]}${conditionKey(name)}`;
  const unless = operator === named ? '' : ' where it is given';
  if (operator === 'null' && values.length === 1) return `${what} is ${values[0] === 'true' ? 'not ' : ''}given`;
  return `${what} ${operators[operator] ?? `matches ${operator}`} ${values.join(' or ') || 'nothing'}${unless}`;
}

/** Grants that one sentence can say: they differ in action and resource alone, each action on each resource. */
export interface Sentence {
  readonly first: Grant;
  readonly actions: readonly Match[];
  readonly resources: readonly Match[];
}

const actionWords = (actions: readonly Match[]): string => enumerated(actions, 'any action', 'actions');

function enumerated(matches: readonly Match[], everything: string, noun: string): string {
  const words = matches.map((match) => matchWords(match, everything)).sort();
  return words.length <= shownItems
    ? joined(words)
    : `${words.slice(0, shownItems).join(', ')} and ${words.length - shownItems} more ${noun}`;
}

/** What is allowed, with principal, action, resource and condition, without the full stop. */
export function grantWords(sentence: Sentence, verb: string): string {
  const { first, actions } = sentence;
  const who = sentenceCase(principalWords(first.principal, first.account));
  const condition = conditionWords(first.conditions);
  if (first.via === 'trust') return `${who} ${verb} become ${first.scope} (${actionWords(actions)})${condition}`;
  const policies = actions.every((action) => action.kind === 'only' && action.pattern.startsWith('managed policy '));
  if (policies) return `${who} ${verb} do all that ${actionWords(actions)} allows`;
  return `${who} ${verb} call ${actionWords(actions)} on ${resourceWords(sentence)}${condition}`;
}

/** A resource policy speaks of what has it, by its ARN: named once is enough. */
function resourceWords({ first: { via, scope }, resources }: Sentence): string {
  if (via !== 'resource') return enumerated(resources, 'any resource', 'resources');
  const [, name = scope] = /"(.*)"$/.exec(scope) ?? [];
  const foreign = resources.filter((match) => match.kind === 'all-but' || !isWithin(match.pattern, scope, name));
  if (foreign.length > 0) return `${enumerated(resources, 'any resource', 'resources')} by the policy of ${scope}`;
  const parts = resources.flatMap((match) => (match.kind === 'only' ? [match.pattern.split(`${name}/`)[1]] : []));
  const below = parts.filter((part) => part !== undefined);
  const own = below.length < parts.length ? [scope] : [];
  return [...own, ...(below.length === 0 ? [] : [`${joined(below)} in ${own.length === 0 ? scope : 'it'}`])].join(
    ' and ',
  );
}

const isWithin = (pattern: string, scope: string, name: string): boolean =>
  pattern === scope || pattern.endsWith(`:${name}`) || pattern.includes(`:${name}/`) || pattern === name;

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
