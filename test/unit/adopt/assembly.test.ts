import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssemblyError, readAssembly } from '../../../lib/adopt/assembly';
import { FactsError, readFacts } from '../../../lib/adopt/facts';
import { account, factsOf, region, stackOf, writeAssembly } from './templates';

const folder = () => mkdtempSync(join(tmpdir(), 'adopt-'));

describe('readAssembly', () => {
  test('gives stacks behind what they depend on', () => {
    const bucket = { One: { Type: 'AWS::S3::Bucket' } };
    const written = writeAssembly([stackOf('b', bucket, { dependencies: ['a'] }), stackOf('a', bucket)]);
    const stacks = readAssembly(written);
    expect(stacks.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(stacks[0]).toMatchObject({ account, region, staged: false, templateFile: 'a.template.json' });
  });

  test('refuses a folder that is not there', () => {
    expect(() => readAssembly('/no/such/folder')).toThrow(AssemblyError);
    expect(() => readAssembly('/no/such/folder')).toThrow(/got: \/no\/such\/folder\/manifest.json. Run `npx cdk synth/);
  });

  test('refuses a truncated template by its path', () => {
    const written = writeAssembly([stackOf('a', { One: { Type: 'AWS::S3::Bucket' } })]);
    writeFileSync(join(written, 'a.template.json'), '{"Resources": {');
    expect(() => readAssembly(written)).toThrow(/Not JSON, got: .*a\.template\.json/);
  });

  test('refuses what is no template', () => {
    const written = writeAssembly([stackOf('a', { One: { Type: 'AWS::S3::Bucket' } })]);
    writeFileSync(join(written, 'a.template.json'), '{"resource": {}}');
    expect(() => readAssembly(written)).toThrow(/Not what the CDK writes, got: .*a\.template\.json: Resources/);
  });
});

describe('readFacts', () => {
  const written = (content: string) => {
    const path = join(folder(), 'facts.json');
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content);
    return path;
  };

  test('reads what a look-up wrote', () => {
    const facts = factsOf({ 'stack/One': { type: 'AWS::S3::Bucket', live: null } });
    expect(readFacts(written(JSON.stringify(facts)))).toEqual(facts);
  });

  test.each([
    ['another version', JSON.stringify({ ...factsOf({}), schemaVersion: 2 }), 'schemaVersion'],
    ['no JSON', '{', 'Not a facts file'],
    ['an account that is none', JSON.stringify({ ...factsOf({}), account: '12' }), 'account'],
    ['a member that nobody wrote', JSON.stringify({ ...factsOf({}), secrets: {} }), 'estate adopt look-up'],
  ])('refuses %s', (_title, content, message) => {
    const path = written(content);
    expect(() => readFacts(path)).toThrow(FactsError);
    expect(() => readFacts(path)).toThrow(message);
    expect(() => readFacts(path)).toThrow(path);
  });
});
