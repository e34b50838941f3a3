import { compareTrees, judge, type Stack, stackKey, type Tree } from '../../lib/review';
import { stackOfTemplate } from '../../lib/review/tree/cloud-assembly';
import { stackOfTerraform } from '../../lib/review/tree/terraform-output';
import { estateTemplates } from '../support/estate';
import { awsOperators, awsTargets, copyOfTemplate } from '../support/mutations/aws';
import { azureOperators, azureStackOperators, azureTargets, copyOfTerraform } from '../support/mutations/azure';
import type { Document, Operator, Target } from '../support/mutations/operator';
import { links, secondRegion, synthesizeText } from '../unit/azure/synthesize';

/** One changed copy of a document of the estate. */
interface Mutant {
  readonly name: string;
  readonly dangerous: boolean;
  readonly closed: boolean;
}

/** How documents of one cloud are read, searched and copied. */
interface Cloud {
  readonly stackOf: (name: string, document: Document) => Stack;
  readonly targetsOf: (document: Document) => readonly Target[];
  /** A copy that shares the blocks of every other resource: thousands of whole copies would take minutes. */
  readonly copyFor: (document: Document, target: Target) => Document;
}

const aws: Cloud = {
  stackOf: (name, document) =>
    stackOfTemplate(
      { cloud: 'aws', engine: 'cloudformation', account: '317805897534', region: 'us-east-1', name },
      document,
      { file: `${name}.template.json`, root: '.', origins: new Map() },
    ),
  targetsOf: awsTargets,
  copyFor: copyOfTemplate,
};

const azure: Cloud = {
  stackOf: (name, document) => stackOfTerraform(name, `stacks/${name}/cdk.tf.json`, document),
  targetsOf: azureTargets,
  copyFor: copyOfTerraform,
};

const treeOf = (stack: Stack): Tree => ({
  directory: stack.identity.name,
  stacks: new Map([[stackKey(stack.identity), stack]]),
  clouds: [stack.identity.cloud],
  notes: [],
});

function mutantsOf(
  { stackOf, targetsOf, copyFor }: Cloud,
  stack: string,
  document: Document,
  targets: readonly Target[],
  operatorsOf: (type: string) => readonly Operator[],
): readonly Mutant[] {
  const base = treeOf(stackOf(stack, document));
  const untouched = JSON.stringify(document);
  const mutants = targets.flatMap((original) =>
    operatorsOf(original.type).flatMap((operator) => {
      const copy = copyFor(document, original);
      const target = targetsOf(copy).find(({ logicalId }) => logicalId === original.logicalId);
      if (!target || !operator.apply(copy, target)) return [];
      const closed = !judge(compareTrees(base, treeOf(stackOf(stack, copy))), { asOf: '2026-11-24' }).open;
      return [{ name: `${stack} ${original.logicalId}: ${operator.name}`, dangerous: operator.dangerous, closed }];
    }),
  );
  // An operator that reached into what the copies share would spoil every mutant after it.
  expect(JSON.stringify(document)).toBe(untouched);
  return mutants;
}

let mutants: readonly Mutant[] = [];
let targets = 0;

beforeAll(() => {
  const templates = [...estateTemplates()].map(([name, template]) => [name, template as unknown as Document] as const);
  const terraform = JSON.parse(
    synthesizeText({ connectivity: { link: links.connected }, ...secondRegion }),
  ) as Document;
  const azureAll = azureTargets(terraform);
  targets = templates.reduce((sum, [, template]) => sum + awsTargets(template).length, 0) + azureAll.length;
  mutants = [
    ...templates.flatMap(([name, template]) => mutantsOf(aws, name, template, awsTargets(template), awsOperators)),
    ...mutantsOf(azure, 'huntaze-azure', terraform, azureAll, azureOperators),
    ...mutantsOf(azure, 'huntaze-azure', terraform, azureAll.slice(0, 1), () => azureStackOperators),
  ];
}, 600_000);

test('every stateful resource of both clouds is changed in at least 400 ways', () => {
  const dangerous = mutants.filter((mutant) => mutant.dangerous);
  const harmless = mutants.filter((mutant) => !mutant.dangerous);
  const caught = dangerous.filter(({ closed }) => closed).length;
  const passed = harmless.filter(({ closed }) => !closed).length;
  process.stdout.write(
    `\nMutation score of the gate: ${caught} of ${dangerous.length} dangerous changes caught, ` +
      `${passed} of ${harmless.length} harmless ones passed (${targets} stateful resources).\n`,
  );
  expect(targets).toBeGreaterThan(80);
  expect(mutants.length).toBeGreaterThanOrEqual(400);
});

test('every dangerous change closes the gate', () => {
  expect(mutants.filter(({ dangerous, closed }) => dangerous && !closed).map(({ name }) => name)).toEqual([]);
});

test('no harmless change closes the gate', () => {
  expect(mutants.filter(({ dangerous, closed }) => !dangerous && closed).map(({ name }) => name)).toEqual([]);
});
