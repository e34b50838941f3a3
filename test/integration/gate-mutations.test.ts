import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareTrees, judge, readTree, type Tree } from '../../lib/review';
import { estateTemplates } from '../support/estate';
import { awsOperators, awsTargets } from '../support/mutations/aws';
import { azureOperators, azureStackOperators, azureTargets } from '../support/mutations/azure';
import type { Document, Operator, Target } from '../support/mutations/operator';
import { links, secondRegion, synthesizeText } from '../unit/azure/synthesize';

/** One changed copy of a document of the estate. */
interface Mutant {
  readonly name: string;
  readonly dangerous: boolean;
  readonly closed: boolean;
}

const folder = mkdtempSync(join(tmpdir(), 'huntaze-mutants-'));

/** A tree of one document, read as any other. */
function treeOf(kind: 'aws' | 'azure', document: Document): Tree {
  const manifest =
    kind === 'aws'
      ? {
          version: '55.0.0',
          artifacts: {
            it: {
              type: 'aws:cloudformation:stack',
              environment: 'aws://317805897534/us-east-1',
              properties: { templateFile: 'it.json', stackName: 'it' },
            },
          },
        }
      : { version: '0.21.0', stacks: { it: { name: 'it', synthesizedStackPath: 'it.json' } } };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'it.json'), JSON.stringify(document));
  return readTree(folder);
}

function mutantsOf(
  kind: 'aws' | 'azure',
  stack: string,
  document: Document,
  targetsOf: (document: Document) => readonly Target[],
  operatorsOf: (type: string) => readonly Operator[],
): readonly Mutant[] {
  const base = treeOf(kind, document);
  return targetsOf(document).flatMap(({ type, logicalId }) =>
    operatorsOf(type).flatMap((operator) => {
      const copy = structuredClone(document);
      const target = targetsOf(copy).find((candidate) => candidate.logicalId === logicalId);
      if (!target || !operator.apply(copy, target)) return [];
      const closed = !judge(compareTrees(base, treeOf(kind, copy)), { asOf: '2026-11-24' }).open;
      return [{ name: `${stack} ${logicalId}: ${operator.name}`, dangerous: operator.dangerous, closed }];
    }),
  );
}

let mutants: readonly Mutant[] = [];
let targets = 0;

beforeAll(() => {
  const templates = [...estateTemplates()].map(([name, template]) => [name, template as unknown as Document] as const);
  const azure = JSON.parse(synthesizeText({ connectivity: { link: links.connected }, ...secondRegion })) as Document;
  targets = templates.reduce((sum, [, template]) => sum + awsTargets(template).length, 0) + azureTargets(azure).length;
  const [first] = azureTargets(azure);
  mutants = [
    ...templates.flatMap(([name, template]) => mutantsOf('aws', name, template, awsTargets, awsOperators)),
    ...mutantsOf('azure', 'huntaze-azure', azure, azureTargets, azureOperators),
    ...mutantsOf(
      'azure',
      'huntaze-azure',
      azure,
      (document) => azureTargets(document).filter(({ logicalId }) => logicalId === first?.logicalId),
      () => azureStackOperators,
    ),
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
