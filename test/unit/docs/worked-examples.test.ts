import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyDiff, examplesOf } from '../../../lib/docs/worked-examples';

const fence = '```';
const diffOf = (after: string) => `--- a/row.ts\n+++ b/row.ts\n@@ -1,2 +1,2 @@\n first\n-second\n+${after}\n`;

test('each diff goes with the block behind it', () => {
  const document = [
    `${fence}diff\n${diffOf('one')}${fence}`,
    'text',
    '<!-- generated: queue -->\n<!-- end -->',
    `${fence}diff\n${diffOf('two')}${fence}`,
    '<!-- generated: database -->\n<!-- end -->',
  ].join('\n');
  expect(examplesOf(document)).toEqual([
    { name: 'queue', diff: diffOf('one') },
    { name: 'database', diff: diffOf('two') },
  ]);
});

test('throws for a diff that shows nothing', () => {
  expect(() => examplesOf(`${fence}diff\n${diffOf('one')}${fence}\n`)).toThrow('has no generated block behind it');
});

describe('applying', () => {
  const folder = mkdtempSync(join(tmpdir(), 'huntaze-diff-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'row.ts'), 'first\nsecond\n');
  });

  test('changes the file', () => {
    applyDiff(folder, diffOf('third'));
    expect(readFileSync(join(folder, 'row.ts'), 'utf8')).toBe('first\nthird\n');
  });

  test('throws when the sources have moved on', () => {
    writeFileSync(join(folder, 'row.ts'), 'other\ntext\n');
    expect(() => applyDiff(folder, diffOf('third'))).toThrow();
  });
});
