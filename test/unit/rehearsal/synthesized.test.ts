import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesizedStacks } from '../../../lib/rehearsal/synthesized';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assembly-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(directory: string, id: string, displayName: string, resources: object): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, `${id}.template.json`), JSON.stringify({ Resources: resources }));
  writeFileSync(
    join(directory, 'manifest.json'),
    JSON.stringify({
      artifacts: {
        [id]: {
          type: 'aws:cloudformation:stack',
          displayName,
          properties: { templateFile: `${id}.template.json`, stackName: `estate-${id}`, more: true },
        },
        Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
      },
    }),
  );
}

const bucket = (BucketName: unknown) => ({ Type: 'AWS::S3::Bucket', Properties: { BucketName } });

test('lists stacks, those inside Stages too, with the names that their templates give to buckets', () => {
  write(folder, 'storage', 'storage', {
    A: bucket('assets'),
    B: bucket({ Ref: 'Name' }),
    C: { Type: 'AWS::SQS::Queue' },
  });
  write(join(folder, 'assembly-foreign'), 'foreignSam', 'foreign/sam', { A: bucket('packages') });
  mkdirSync(join(folder, 'asset.1'));
  expect(synthesizedStacks(folder)).toEqual([
    { id: 'storage', stackName: 'estate-storage', buckets: ['assets'], staged: false },
    { id: 'foreign/sam', stackName: 'estate-foreignSam', buckets: ['packages'], staged: true },
  ]);
});

test('throws when nothing is synthesized', () => {
  expect(() => synthesizedStacks(folder)).toThrow('holds no synthesized assembly. Run `npx cdk synth` first.');
});
