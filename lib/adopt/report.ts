import Table from 'cli-table3';
import { code } from '../audit/document/markdown';
import { groupBy } from '../review/group-by';
import { counted, wrapped } from '../review/render/text';
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

const grouped = <T>(items: readonly T[], keyOf: (item: T) => string) => [...groupBy(items, keyOf)];

/** A name and what belongs to it, over as many lines as it takes. */
const listed = (name: string, items: readonly string[], indent: string): string[] =>
  wrapped(`${name}: ${items.join(', ')}`, indent, `${indent}  `);

/** The plan for a terminal: order, prerequisites, what is not imported, questions. */
export function renderPlan(plan: AdoptionPlan): string {
  const basis =
    plan.factsReadAt === null
      ? 'Offline: from the inventory and the templates, without facts of the account.'
      : `From facts of ${plan.factsReadAt}.`;
  const { counts, prerequisites } = plan;
  return [
    `Adoption of account ${plan.account}, region ${plan.region}`,
    basis,
    `${counted(counts.import, 'resource')} to import, ${counts.ask} more as soon as the account tells what identifies them, ` +
      `${counts.create} that the deployment makes; ${counted(prerequisites.length, 'owner')} must let go first.`,
    '',
    'Order of the imports',
    plainTable(
      ['#', 'Stack', 'import', 'ask', 'create', 'after'],
      plan.stacks.map((stack, index) => [
        String(index + 1),
        stack.foreign ? `${stack.stackName} *` : stack.stackName,
        count(stack, 'import'),
        count(stack, 'ask'),
        count(stack, 'create'),
        stack.after.join(', ') || '–',
      ]),
    ),
    ...(plan.stacks.some(({ foreign }) => foreign) ? ['* of a foreign owner: imported only when it is named'] : []),
    '',
    'Must let go first',
    ...prerequisiteLines(plan),
    '',
    'Not imported, and what happens instead',
    ...notImported(plan),
    ...questionLines(plan),
  ].join('\n');
}

/** What to do once, then everybody who must do it. */
function prerequisiteLines({ prerequisites }: AdoptionPlan): string[] {
  if (prerequisites.length === 0) return ['  Nobody.'];
  return grouped(prerequisites, ({ release }) => `${release.method}: ${release.how}`).flatMap(([how, group]) => [
    ...wrapped(how, '  '),
    ...group.flatMap(({ release, resources }) => [
      `    ${release.owner} (${release.kind}${release.certain ? '' : ', inferred'}), ${counted(resources.length, 'resource')}`,
      ...grouped(resources, (resource) => resource.slice(0, resource.lastIndexOf('/'))).flatMap(([stack, names]) =>
        listed(
          stack,
          names.map((name) => name.slice(stack.length + 1)),
          '      ',
        ),
      ),
    ]),
  ]);
}

function notImported({ stacks }: AdoptionPlan): string[] {
  const created = stacks.flatMap(({ resources }) => resources.flatMap((row) => (row.action === 'create' ? [row] : [])));
  return grouped(created, ({ reason, effect }) => `${reason} ${effect}`).flatMap(([why, rows]) => [
    ...wrapped(why, '  '),
    ...wrapped(
      grouped(rows, ({ type }) => type)
        .map(([type, { length }]) => `${type} (${length})`)
        .join(', '),
      '      ',
    ),
  ]);
}

function questionLines({ stacks }: AdoptionPlan): string[] {
  const asked = stacks.flatMap(({ stackName, resources }) =>
    grouped(
      resources.flatMap((row) => (row.action === 'ask' ? [row] : [])),
      // All but the name that it ends in.
      ({ question, type }) => question.slice(0, question.indexOf(type) + type.length),
    ).map(([question, rows]) => [`${stackName}: ${question}`, rows] as const),
  );
  return asked.length === 0
    ? []
    : [
        '',
        'Questions that only the account answers (`npx estate adopt look-up`)',
        ...asked.flatMap(([question, rows]) =>
          listed(
            question,
            rows.map(({ name, logicalId }) => name ?? logicalId),
            '  ',
          ),
        ),
      ];
}

/** The proof for a terminal: what it comes to, what speaks against it, and what each step really changes. */
export function renderProof(proof: AdoptionProof): string {
  const steps = proof.resources.flatMap(({ stack, logicalId, steps: all }) =>
    all.map((step) => ({ ...step, stack, logicalId })),
  );
  const refused = steps.flatMap(({ stack, logicalId, from, to, refusals }) =>
    refusals.map((refusal) => `  ✘ ${stack}/${logicalId}, ${from} → ${to}: ${refusal}`),
  );
  return [
    ...wrapped(proofLine(proof)),
    ...(refused.length === 0 ? [] : ['', 'Refused', ...refused]),
    '',
    'What each step really changes, every reference replaced by its value',
    ...changeLines(steps.filter(({ changes }) => changes.length > 0)),
    ...conditionLines(proof),
  ].join('\n');
}

type StepOfResource = AdoptionProof['resources'][number]['steps'][number] & {
  readonly stack: string;
  readonly logicalId: string;
};

/** Resources of a stack in which a step changes the same properties, as one row. */
const changeLines = (steps: readonly StepOfResource[]): string[] =>
  grouped(steps, ({ stack, from, to }) => `${stack}, ${from} → ${to}`).flatMap(([step, ofStack]) => [
    `  ${step}`,
    ...grouped(ofStack, ({ changes }) => changes.map(({ property }) => property).join(', ')).flatMap(
      ([properties, rows]) =>
        listed(
          properties,
          rows.map(({ logicalId }) => logicalId),
          '    ',
        ),
    ),
  ]);

/** A value as it is written; one that only the deployment knows, by the words that stand in for it. */
const valueWords = (value: unknown): string =>
  typeof value === 'string' && value.startsWith('(not known') ? value : JSON.stringify(value);

/** Conditions of a kind that a terminal shows one by one; JSON has all of them. */
const shownConditions = 3;

function conditionLines({ resources }: AdoptionProof): string[] {
  const conditions = resources.flatMap(({ stack, logicalId, type, conditions: all }) =>
    all.map((condition) => ({ ...condition, stack, logicalId, type })),
  );
  if (conditions.length === 0) return [];
  return [
    '',
    'Conditional on these live values: any other one replaces the resource, or may',
    ...grouped(conditions, ({ type, property }) => `${type} ${property}`).flatMap(([what, rows]) =>
      listed(
        what,
        [
          ...rows.slice(0, shownConditions).map(({ logicalId, value }) => `${logicalId} ${valueWords(value)}`),
          ...(rows.length > shownConditions ? [`and ${rows.length - shownConditions} more (--json)`] : []),
        ],
        '  ',
      ),
    ),
  ];
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
