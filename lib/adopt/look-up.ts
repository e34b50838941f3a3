import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { orAbsent } from '../audit/clients';
import type { AssemblyStack, Template } from './assembly';
import { evaluateMembers, referencesIn } from './expressions';
import { type Fact, type Facts, factKey } from './facts';
import type { LookUpClients } from './live/clients';
import type { Found, Reader } from './live/reader';
import { type Known, scopesOf } from './scope';
import { adoptableTypes } from './types';

export interface LookUpOptions {
  /** Stacks of the audited rendering, and of the hardened one where it names more. */
  readonly stacks: readonly AssemblyStack[];
  readonly clients: LookUpClients;
  readonly account: string;
  readonly region: string;
  readonly now: Date;
  /** Folder for the packages of functions. @default their code is not read, and a deployment could not go back to it */
  readonly codeFolder?: string;
  /** What is known of stacks that are not looked up. @default nothing */
  readonly known?: Known;
  /** Told before each stack. */
  readonly onStack?: (stackName: string) => void;
}

/**
 * Reads every resource that the templates name, as it lives. Nothing is changed: the clients refuse.
 *
 * @throws what a service answers, but for the absence of a resource
 */
export async function lookUp(options: LookUpOptions): Promise<Facts> {
  const { stacks, clients, account, region, now, known = () => undefined, onStack = () => {} } = options;
  const resources: Record<string, Fact> = {};
  const scopeOf = scopesOf(
    stacks,
    (stackName, logicalId) => resources[factKey(stackName, logicalId)]?.live ?? known(stackName, logicalId),
  );
  for (const stack of stacks) {
    onStack(stack.stackName);
    const scope = scopeOf(stack);
    for (const logicalId of inReadingOrder(stack.template)) {
      const resource = stack.template.Resources[logicalId];
      const read = resource && readerOf(resource.Type);
      if (resource === undefined || read === undefined) continue;
      const found = await read(clients, {
        logicalId,
        type: resource.Type,
        properties: evaluateMembers(resource.Properties ?? {}, scope),
        template: stack.template,
        account,
        region,
      });
      resources[factKey(stack.stackName, logicalId)] = {
        type: resource.Type,
        live: found === undefined ? null : await liveOf(found, options),
      };
    }
  }
  return { schemaVersion: 1, account, region, readAt: now.toISOString(), resources };
}

const readerOf = (type: string): Reader | undefined => adoptableTypes[type]?.read;

/** What a resource refers to is looked up first, so that its own name can be evaluated. */
function inReadingOrder({ Resources: resources }: Template): string[] {
  const ordered = new Set<string>();
  const visiting = new Set<string>();
  const place = (logicalId: string) => {
    const resource = resources[logicalId];
    if (resource === undefined || ordered.has(logicalId) || visiting.has(logicalId)) return;
    visiting.add(logicalId);
    for (const reference of referencesIn(resource.Properties ?? {})) place(reference);
    ordered.add(logicalId);
  };
  for (const logicalId of Object.keys(resources)) place(logicalId);
  return [...ordered];
}

async function liveOf(found: Found, { clients, codeFolder }: LookUpOptions): Promise<Fact['live']> {
  const { identifier, ref, attributes = {}, createdAt, properties, code } = found;
  const heldBy = await holderOf(clients, ref);
  return {
    identifier,
    ref,
    attributes,
    properties,
    ...(createdAt === undefined ? {} : { createdAt: createdAt.toISOString() }),
    ...(heldBy === undefined ? {} : { heldBy }),
    ...(code === undefined ? {} : { code: await keepCode(code, codeFolder) }),
  } as Fact['live'];
}

/** The stack that holds a resource already, from CloudFormation itself. */
async function holderOf({ cloudFormation }: LookUpClients, ref: string): Promise<string | undefined> {
  if (ref === '') return undefined;
  const answer = await orAbsent(
    cloudFormation.send(new DescribeStackResourcesCommand({ PhysicalResourceId: ref })),
    // What CloudFormation says of a resource that no stack holds.
    'ValidationError',
  );
  return answer?.StackResources?.find((resource) => resource.PhysicalResourceId === ref)?.StackName;
}

async function keepCode({ location, sha256 }: NonNullable<Found['code']>, folder: string | undefined) {
  if (folder === undefined) return { sha256 };
  const response = await fetch(location);
  if (!response.ok)
    throw new Error(`The code of a function could not be read, got: HTTP ${response.status}. Try again.`);
  const content = Buffer.from(await response.arrayBuffer());
  const actual = createHash('sha256').update(content).digest('hex');
  if (actual !== sha256) {
    throw new Error(
      `The code of a function is not what Lambda says it is, got: ${actual}, expected: ${sha256}. Try again.`,
    );
  }
  mkdirSync(folder, { recursive: true });
  const file = `${sha256}.zip`;
  writeFileSync(join(folder, file), content);
  return { sha256, file };
}
