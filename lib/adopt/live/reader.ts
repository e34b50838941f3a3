import type { Template } from '../assembly';
import { compact, isObject, type Json, type JsonObject } from '../json';
import type { LookUpClients } from './clients';

/** A resource of a template that is looked for in the account. */
export interface Wanted {
  readonly logicalId: string;
  readonly type: string;
  /** Its properties, evaluated as far as what was found before allows. */
  readonly properties: JsonObject;
  /** The template that it stands in: some types carry no name, and only what refers to them tells which one is meant. */
  readonly template: Template;
  readonly account: string;
  readonly region: string;
}

/** What a look-up found. */
export interface Found {
  /** What `cdk import --resource-mapping` takes, member by member. */
  readonly identifier: Readonly<Record<string, string>>;
  /** What `Ref` gives. */
  readonly ref: string;
  /** What `Fn::GetAtt` gives, as far as templates use it. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** When the resource was made, where the service keeps that. */
  readonly createdAt?: Date;
  /** Live settings under the names and in the shapes of CloudFormation. */
  readonly properties: JsonObject;
  /** Address from which the code of a function can be read for a few minutes, and its SHA-256 in hexadecimal. */
  readonly code?: { readonly location: string; readonly sha256: string };
}

/** Looks one resource up; `undefined` when there is none. */
export type Reader = (clients: LookUpClients, wanted: Wanted) => Promise<Found | undefined>;

/** A property that names the resource, when the template has it as a text. */
export function nameIn({ properties }: Wanted, property: string): string | undefined {
  const name = properties[property];
  return typeof name === 'string' && !name.includes('(not known: ') ? name : undefined;
}

/**
 * Members of an answer under CloudFormation's names; what the answer does not have is left out.
 *
 * @param names CloudFormation's name by the SDK's; a list where both are the same
 */
export function pick<Source extends object>(
  source: Source,
  names: readonly (keyof Source & string)[] | Partial<Record<keyof Source & string, string>>,
): JsonObject {
  const pairs = Array.isArray(names) ? names.map((name) => [name, name]) : Object.entries(names);
  return compact(
    Object.fromEntries(pairs.map(([from, to]) => [to, (source as Record<string, unknown>)[from as string]])),
  );
}

/** The same value with some member names spelt as CloudFormation spells them, wherever they stand. */
export function respell(value: Json, names: Readonly<Record<string, string>>): Json {
  if (Array.isArray(value)) return value.map((element) => respell(element, names));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [names[key] ?? key, respell(member, names)]));
}
