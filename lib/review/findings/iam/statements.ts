import { at, isObject } from '../../json';
import type { Resource } from '../../model';
import { refOf } from '../ref';
import { asList, canonical, type Reader, textOf, texts } from '../values';
import type { Conditions, Grant, Match } from './grant';

interface Place {
  readonly via: Grant['via'];
  readonly scope: string;
  /** Who acts, where the policy does not say: the role that it is attached to. */
  readonly principal?: string;
  /** What is acted on, where a statement says `*` or nothing: what has the policy. */
  readonly target?: string;
  readonly holder: Resource;
  readonly path: string;
}

/** Text of a principal that an unreadable document may name. */
const unreadable = 'whatever the template does not tell';

/** Every grant of a policy document. Never throws: what cannot be read is a grant of its own, equal only to itself. */
export function grantsOf(document: unknown, place: Place, reader: Reader): Grant[] {
  const parsed = typeof document === 'string' ? parse(document) : document;
  if (parsed === undefined || parsed === null) return [];
  const branches = at(parsed, 'Fn::If');
  if (Array.isArray(branches)) return branches.slice(1).flatMap((branch) => grantsOf(branch, place, reader));
  const statements = at(parsed, 'Statement');
  if (!isObject(parsed) || statements === undefined)
    return at(parsed, 'Ref') === 'AWS::NoValue' ? [] : [unread(parsed, place, reader)];
  return asList(statements).flatMap((statement) => ofStatement(statement, place, reader));
}

function ofStatement(statement: unknown, place: Place, reader: Reader): Grant[] {
  const branches = at(statement, 'Fn::If');
  if (Array.isArray(branches)) return branches.slice(1).flatMap((branch) => ofStatement(branch, place, reader));
  if (!isObject(statement)) return [];
  if (statement.Ref === 'AWS::NoValue') return [];
  const effect = statement.Effect === 'Deny' ? 'Deny' : 'Allow';
  const conditions = conditionsOf(statement.Condition, reader);
  const actions = matches(statement.Action, statement.NotAction, reader, (text) => text.toLowerCase());
  const own = (text: string) => (text === '*' && place.target !== undefined ? place.target : text);
  const resources =
    statement.Resource === undefined && statement.NotResource === undefined
      ? [{ kind: 'only', pattern: place.target ?? '*' } as const]
      : matches(statement.Resource, statement.NotResource, reader, own);
  const principals = place.principal === undefined ? principalsOf(statement, reader) : [only(place.principal)];
  return principals.flatMap((principal) =>
    actions.flatMap((action) =>
      resources.map(
        (resource): Grant => ({ ...grantPlace(place, reader), effect, principal, action, resource, conditions }),
      ),
    ),
  );
}

const only = (pattern: string): Match => ({ kind: 'only', pattern });

const grantPlace = ({ via, scope, holder, path }: Place, { stack }: Reader) => ({
  via,
  scope,
  holder: refOf(holder),
  path,
  account: stack.identity.account,
});

function matches(positive: unknown, negative: unknown, reader: Reader, normalise: (text: string) => string): Match[] {
  const patterns = (value: unknown) => [...new Set(texts(value, reader).map(normalise))];
  if (negative !== undefined) return [{ kind: 'all-but', patterns: patterns(negative).sort() }];
  const written = new Map(texts(positive, reader).map((text) => [normalise(text), text]));
  return [...written].map(([pattern, shown]) =>
    pattern === shown.toLowerCase() && pattern !== shown ? { kind: 'only', pattern, shown } : only(pattern),
  );
}

/** `anyone` for `*`; the kind of principal stands before its name, but for ARNs and accounts, which say it themselves. */
function principalsOf(statement: Readonly<Record<string, unknown>>, reader: Reader): Match[] {
  const named = (value: unknown): string[] => {
    if (!isObject(value) || 'Ref' in value || Object.keys(value).some((key) => key.startsWith('Fn::'))) {
      return texts(value, reader).map((text) => (text === '*' ? '*' : text));
    }
    return Object.entries(value).flatMap(([kind, names]) =>
      texts(names, reader).map((name) => principalText(kind, name)),
    );
  };
  if (statement.NotPrincipal !== undefined) {
    return [{ kind: 'all-but', patterns: named(statement.NotPrincipal).sort() }];
  }
  return named(statement.Principal).map(only);
}

function principalText(kind: string, name: string): string {
  if (name === '*') return '*';
  if (kind !== 'AWS') return `${kind}:${name}`;
  const [, account] = /^arn:aws[\w-]*:iam::(\d{12}):root$/.exec(name) ?? /^(\d{12})$/.exec(name) ?? [];
  return account === undefined ? name : `account:${account}`;
}

function conditionsOf(condition: unknown, reader: Reader): Conditions {
  if (condition === undefined) return new Map();
  if (!isObject(condition)) return new Map([['unread', [canonical(condition)]]]);
  return new Map(
    Object.entries(condition).flatMap(([operator, entries]): [string, string[]][] =>
      isObject(entries)
        ? Object.entries(entries).map(([key, value]): [string, string[]] => [
            `${operator.toLowerCase()}:${key.toLowerCase()}`,
            [...new Set(texts(value, reader))].sort(),
          ])
        : [[operator.toLowerCase(), [canonical(entries)]]],
    ),
  );
}

const unread = (document: unknown, place: Place, reader: Reader): Grant => ({
  ...grantPlace(place, reader),
  effect: 'Allow',
  principal: only(place.principal ?? unreadable),
  action: only(`(unreadable: ${textOf(document, reader)})`),
  resource: only(place.target ?? unreadable),
  conditions: new Map(),
});

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { unparsed: text };
  }
}
