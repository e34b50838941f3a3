import Table from 'cli-table3';
import { code } from '../audit/document/markdown';
import type { AzureImports } from './azure-ids';
import type { AdoptionPlan, PlannedResource, PlannedStack } from './plan';
import type { AdoptionProof } from './prove';
import type { VerifiedResource } from './verify';

const plainTable = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
};

const count = ({ resources }: PlannedStack, action: PlannedResource['action']): string =>
  String(resources.filter((resource) => resource.action === action).length);

/** The plan for a terminal: order, prerequisites, what is not imported, questions. */
export function renderPlan(plan: AdoptionPlan): string {
  const basis =
    plan.factsReadAt === null
      ? 'Offline: from the inventory and the templates, without facts of the account.'
      : `From facts of ${plan.factsReadAt}.`;
  return [
    `Adoption of account ${plan.account}, region ${plan.region}`,
    basis,
    '',
    'Order of the imports',
    plainTable(
      ['#', 'Stack', 'import', 'ask', 'create', 'after'],
      plan.stacks.map((stack, index) => [
        String(index + 1),
        stack.foreign ? `${stack.stackName} (foreign: on request only)` : stack.stackName,
        count(stack, 'import'),
        count(stack, 'ask'),
        count(stack, 'create'),
        stack.after.join(', ') || '–',
      ]),
    ),
    '',
    'Must let go first',
    ...plan.prerequisites.flatMap(({ release, resources }) => [
      `  ${release.owner} (${release.kind}${release.certain ? '' : ', inferred'}): ${release.method}, ${resources.length} resources`,
      `    ${release.how}`,
      ...resources.map((resource) => `      ${resource}`),
    ]),
    ...(plan.prerequisites.length === 0 ? ['  Nobody.'] : []),
    '',
    'Not imported, and what happens instead',
    ...notImported(plan).map((line) => `  ${line}`),
    ...(plan.questions.length === 0
      ? []
      : [
          '',
          'Questions that only the account answers (`npx estate adopt look-up`)',
          ...plan.questions.map(({ stack, question }) => `  ${stack}: ${question}`),
        ]),
  ].join('\n');
}

function notImported({ stacks }: AdoptionPlan): string[] {
  const groups = new Map<string, number>();
  for (const { resources } of stacks) {
    for (const resource of resources) {
      if (resource.action !== 'create') continue;
      const key = `${resource.type}: ${resource.reason} ${resource.effect}`;
      groups.set(key, (groups.get(key) ?? 0) + 1);
    }
  }
  return [...groups].map(([text, number]) => `${String(number).padStart(4)} × ${text}`);
}

/** The proof for a terminal: what each step really changes, and what speaks against it. */
export function renderProof(proof: AdoptionProof): string {
  const changed = proof.resources.flatMap(({ stack, logicalId, steps }) =>
    steps
      .filter(({ changes }) => changes.length > 0)
      .map(
        ({ from, to, changes }) =>
          `  ${stack}/${logicalId}, ${from} → ${to}: ${changes.map(({ property }) => property).join(', ')}`,
      ),
  );
  const refused = proof.resources.flatMap(({ stack, logicalId, steps }) =>
    steps.flatMap(({ from, to, refusals }) =>
      refusals.map((refusal) => `  ✘ ${stack}/${logicalId}, ${from} → ${to}: ${refusal}`),
    ),
  );
  const conditions = proof.resources.flatMap(({ stack, logicalId, conditions }) =>
    conditions.map(({ property, value }) => `  ${stack}/${logicalId} ${property} = ${JSON.stringify(value)}`),
  );
  return [
    'What each step really changes, every reference replaced by its value',
    ...changed,
    ...(conditions.length === 0
      ? []
      : ['', 'Conditional on these live values: any other one replaces the resource, or may', ...conditions]),
    ...(refused.length === 0 ? [] : ['', 'Refused', ...refused]),
    '',
    proofLine(proof),
  ].join('\n');
}

export function proofLine({ verdict, counts, resources }: AdoptionProof): string {
  switch (verdict) {
    case 'proven':
      return `Proven: of ${resources.length} resources none is replaced, removed or loses data on the way to hardened.`;
    case 'refused':
      return `Refused: ${counts.refused} of ${resources.length} resources would be replaced, removed or lose data.`;
    case 'conditional':
      return `Conditional: nothing speaks against ${resources.length} resources, but nobody looked at the account. Facts make it a proof: npx estate adopt look-up.`;
  }
}

/** What became of each imported resource, for a terminal. */
export function renderVerification(resources: readonly VerifiedResource[]): string {
  const number = (identity: VerifiedResource['identity']) =>
    resources.filter((resource) => resource.identity === identity).length;
  const corrections = resources.flatMap(({ stack, logicalId, corrections: list }) =>
    list.map(({ property, before, live, corrected }) => ({ stack, logicalId, property, before, live, corrected })),
  );
  return [
    ...resources
      .filter(({ identity }) => identity === 'recreated' || identity === 'gone')
      .map(({ stack, logicalId, identity }) => `  ✘ ${stack}/${logicalId}: ${identity}`),
    ...corrections.map(
      ({ stack, logicalId, property, before, live, corrected }) =>
        `  ${corrected ? '✔' : '✘'} ${stack}/${logicalId} ${property}: was ${JSON.stringify(before)}, is ${JSON.stringify(live)}`,
    ),
    `${resources.length} imported resources: ${number('kept')} kept (same id, same creation date), ${number('kept, undated')} kept (same id, no date), ${number('recreated')} recreated, ${number('gone')} gone`,
    `${corrections.filter(({ corrected }) => corrected).length} of ${corrections.length} drifted settings are what the rendering says`,
  ].join('\n');
}

/** The plan as Markdown, for a ticket of each owner that must let go. */
export const renderReleases = ({ prerequisites }: AdoptionPlan): string =>
  [
    '# What must let go before the imports',
    '',
    ...prerequisites.flatMap(({ release, resources }) => [
      `## ${release.owner}`,
      '',
      `${release.kind}${release.certain ? '' : ' (inferred)'}. Method: **${release.method}**. ${release.how}`,
      '',
      ...resources.map((resource) => `- ${code(resource)}`),
      '',
    ]),
  ].join('\n');

/** Ids for the settings file, as it is written there. */
export const renderAzureImports = ({ importFrom, questions }: AzureImports): string =>
  [
    'azure: {',
    '  importFrom: {',
    ...Object.entries(importFrom).map(([address, id]) => `    '${address}': '${id}',`),
    '  },',
    '},',
    ...(questions.length === 0 ? [] : ['', 'Questions that only the subscription answers']),
    ...questions.map(({ address, question }) => `  ${address}: ${question}`),
  ].join('\n');
