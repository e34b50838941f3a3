import { join } from 'node:path';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { type AsFoundStack, differences, renderAsFound, settle } from './as-found';
import type { AssemblyStack } from './assembly';
import { type Drift, detectDrift, heldResources } from './drift';
import { evaluateMembers } from './expressions';
import { type Facts, factKey } from './facts';
import { type JournalStep, openJournal, writeJournal } from './journal';
import { same } from './json';
import type { LookUpClients } from './live/clients';
import { lookUp } from './look-up';
import { AdoptionError, assertSelfContainedImports } from './plan';
import { proveAdoption } from './prove';
import { knownFrom, scopesOf } from './scope';
import { type Importable, importableOnAws, unreadable } from './types';
import { writeAsFoundAssembly } from './write-assembly';

/** Tells a person what runs now. */
export interface RunProgress {
  step<T>(title: string, work: () => Promise<T>): Promise<T>;
  note(line: string): void;
}

export interface RunOptions {
  readonly audited: readonly AssemblyStack[];
  readonly hardened: readonly AssemblyStack[];
  readonly facts: Facts;
  /** Folder of the packages that the look-up kept. */
  readonly codeFolder: string;
  /** Folder for the as-found assembly and the journal. */
  readonly directory: string;
  readonly clients: LookUpClients;
  /** May write: change sets and drift detection. */
  readonly cloudFormation: CloudFormationClient;
  /** Runs the `cdk` CLI with credentials that may deploy; rejects when it fails. */
  readonly cdk: (args: readonly string[]) => Promise<void>;
  readonly progress: RunProgress;
  /** Stacks by name. @default those that are not of foreign owners */
  readonly only?: readonly string[];
  readonly importable?: Importable;
}

export interface ImportedStack {
  readonly stackName: string;
  readonly resources: number;
  /** `resumed`: an earlier run imported it. */
  readonly outcome: 'imported' | 'resumed';
}

export interface RunReport {
  readonly schemaVersion: 1;
  readonly account: string;
  readonly region: string;
  readonly stacks: readonly ImportedStack[];
}

/**
 * Imports stack by stack. Whatever was done is in the journal, and is not done again.
 *
 * @throws AdoptionError before anything is changed: when the proof refuses, when another stack still holds a resource, when the
 *   account is not what the facts say; and after an import, when CloudFormation sees drift
 */
export async function runAdoption(options: RunOptions): Promise<RunReport> {
  const { audited, facts, directory, only, importable = importableOnAws, progress } = options;
  assertProven(options);
  const rendered = renderAsFound(audited, facts, importable).filter(({ stack }) =>
    only === undefined ? !stack.staged : only.includes(stack.stackName),
  );
  assertSelfContainedImports(rendered);
  assertReleased(rendered, facts);
  const journalPath = join(directory, 'journal.json');
  let journal = openJournal(journalPath, facts);
  const done = (stackName: string, step: JournalStep) => {
    journal = { ...journal, stacks: { ...journal.stacks, [stackName]: step } };
    writeJournal(journalPath, journal);
  };
  const places = writeAsFoundAssembly({
    rendered,
    facts,
    codeFolder: options.codeFolder,
    directory: join(directory, 'as-found'),
  });

  const stacks: ImportedStack[] = [];
  for (const one of rendered) {
    const { stackName } = one.stack;
    const place = places.get(stackName);
    if (place === undefined) throw new AdoptionError(`No as-found assembly for ${stackName}.`);
    const resources = Object.keys(one.mapping).length;
    const held = await alreadyHeld(options.cloudFormation, one);
    if (held && journal.stacks[stackName] === 'checked') {
      progress.note(`${stackName}: ${resources} resources were imported by an earlier run.`);
      stacks.push({ stackName, resources, outcome: 'resumed' });
      continue;
    }
    if (!held) {
      await progress.step(`${stackName}: compare with the account`, () => assertUnchanged(options, one));
      if (hasLiveCode(one, facts)) {
        await progress.step(`${stackName}: keep the live code of its functions`, () =>
          options.cdk(['publish-assets', place.id, '--app', place.app, '--unstable', 'publish-assets']),
        );
      }
      done(stackName, 'published');
      await progress.step(`${stackName}: cdk import, ${resources} resources`, () =>
        options.cdk(['import', place.id, '--app', place.app, '--resource-mapping', place.mapping]),
      );
    }
    done(stackName, 'imported');
    await progress.step(`${stackName}: detect drift`, () => assertNoDrift(options, one));
    done(stackName, 'checked');
    stacks.push({ stackName, resources, outcome: held ? 'resumed' : 'imported' });
  }
  return { schemaVersion: 1, account: facts.account, region: facts.region, stacks };
}

function assertProven({ audited, hardened, facts, importable, only }: RunOptions): void {
  const { resources } = proveAdoption({ audited, hardened, facts, ...(importable ? { importable } : {}) });
  const foreign = new Set(audited.filter(({ staged }) => staged).map(({ stackName }) => stackName));
  const refused = resources.filter(
    ({ stack, verdict }) => verdict === 'refused' && (only === undefined ? !foreign.has(stack) : only.includes(stack)),
  );
  if (refused.length === 0) return;
  const lines = refused.map(
    ({ stack, logicalId, steps }) => `  ${stack}/${logicalId}: ${steps.flatMap(({ refusals }) => refusals).join('; ')}`,
  );
  throw new AdoptionError(`Adoption would replace or destroy, so nothing was imported:\n${lines.join('\n')}`);
}

function assertReleased(rendered: readonly AsFoundStack[], facts: Facts): void {
  const held = rendered.flatMap(({ stack, mapping }) =>
    Object.keys(mapping).flatMap((logicalId) => {
      const holder = facts.resources[factKey(stack.stackName, logicalId)]?.live?.heldBy;
      return holder === undefined || holder === stack.stackName
        ? []
        : [`  ${holder} holds ${stack.stackName}/${logicalId}`];
    }),
  );
  if (held.length === 0) return;
  throw new AdoptionError(
    `Other stacks hold resources that are to be imported, so nothing was imported:\n${held.join('\n')}\n\`npx estate adopt plan\` says how each lets go; then look the account up again.`,
  );
}

/** Whether the account's stack holds every resource of the import already. */
async function alreadyHeld(client: CloudFormationClient, { stack, mapping }: AsFoundStack): Promise<boolean> {
  const held = await heldResources(client, stack.stackName);
  if (held === undefined) return false;
  const missing = Object.keys(mapping).filter((logicalId) => !held.has(logicalId));
  if (missing.length > 0 && held.size > 0) {
    throw new AdoptionError(
      `${stack.stackName} stands and lacks resources of this import, got none of: ${missing.slice(0, 5).join(', ')}. An import into a deployed stack must leave the rest as it is: import them by hand, or remove the stack (its resources have Retain).`,
    );
  }
  return missing.length === 0;
}

/** What the import records must be what lives now, not what lived when the facts were read. */
async function assertUnchanged(options: RunOptions, { stack, mapping }: AsFoundStack): Promise<void> {
  const { audited, facts } = options;
  const now = await lookUpStack(options, stack);
  const changed = Object.keys(mapping).flatMap((logicalId) => {
    const key = factKey(stack.stackName, logicalId);
    const [then, live] = [facts.resources[key]?.live, now.resources[key]?.live];
    if (!then || !live) return [`  ${logicalId}: gone`];
    const scope = scopesOf(audited, knownFrom(facts))(stack);
    const model = evaluateMembers(stack.template.Resources[logicalId]?.Properties ?? {}, scope);
    const properties = differences(then.properties, live.properties)
      // What the model does not set stays out of the import.
      .filter(({ property, before, after }) => {
        const wanted = model[property];
        return wanted !== undefined && !same(settle(before ?? null, wanted), settle(after ?? null, wanted));
      })
      .map(({ property }) => property);
    const moved = [
      ...properties,
      ...(same(then.identifier, live.identifier) ? [] : ['its identifier']),
      ...(then.createdAt === live.createdAt ? [] : ['its creation date']),
      ...(then.code?.sha256 === live.code?.sha256 ? [] : ['its code']),
    ];
    return moved.length === 0 ? [] : [`  ${logicalId}: ${moved.join(', ')}`];
  });
  if (changed.length === 0) return;
  throw new AdoptionError(
    `The account has changed since the facts were read, so ${stack.stackName} was not imported:\n${changed.join('\n')}\nLook the account up again.`,
  );
}

const hasLiveCode = ({ stack, mapping }: AsFoundStack, facts: Facts): boolean =>
  Object.keys(mapping).some(
    (logicalId) => facts.resources[factKey(stack.stackName, logicalId)]?.live?.code?.file !== undefined,
  );

/**
 * What the import recorded is what lives: once by a look-up of our own, property by property, and once by CloudFormation where
 * it detects drift after an import.
 */
async function assertNoDrift(options: RunOptions, one: AsFoundStack): Promise<void> {
  const { stackName } = one.stack;
  const seen = await detectDrift(options.cloudFormation, stackName);
  if (seen === undefined)
    options.progress.note(`${stackName}: CloudFormation detects no drift in this state; compared by a look-up.`);
  const drifts = [...(await driftByLookUp(options, one)), ...(seen ?? [])];
  if (drifts.length === 0) return;
  const lines = drifts.map(
    ({ logicalId, property, template, live }) =>
      `  ${logicalId} ${property}: the template has ${template}, live is ${live}`,
  );
  throw new AdoptionError(
    `${stackName} is imported, and its template is not what lives:\n${lines.join('\n')}\nThe next deployment would not correct what the template already says. Correct these by hand before it.`,
  );
}

async function driftByLookUp(options: RunOptions, { stack, template, mapping }: AsFoundStack): Promise<Drift[]> {
  const { audited, facts } = options;
  const now = await lookUpStack(options, stack);
  const scope = scopesOf(audited, knownFrom(facts))(stack);
  return Object.keys(mapping).flatMap((logicalId): Drift[] => {
    const resource = template.Resources[logicalId];
    const live = now.resources[factKey(stack.stackName, logicalId)]?.live;
    if (resource === undefined || !live) return [{ logicalId, property: '-', template: 'there', live: 'gone' }];
    const recorded = evaluateMembers(resource.Properties ?? {}, scope);
    const hidden = unreadable[resource.Type] ?? {};
    return Object.entries(recorded).flatMap(([property, value]): Drift[] => {
      if (property in hidden || property === 'Code') return [];
      const found = settle(live.properties[property] ?? null, value);
      return same(found, value)
        ? []
        : [{ logicalId, property, template: JSON.stringify(value), live: JSON.stringify(found) }];
    });
  });
}

const lookUpStack = ({ audited, clients, facts }: RunOptions, stack: AssemblyStack): Promise<Facts> =>
  lookUp({
    stacks: audited.filter((candidate) => candidate === stack),
    clients,
    account: facts.account,
    region: facts.region,
    now: new Date(facts.readAt),
    known: knownFrom(facts),
  });
