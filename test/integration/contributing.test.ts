import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contributingDocument, exampleResults } from '../../lib/docs/example-results';
import { withGenerated } from '../../lib/docs/generated';
import { synthesizeBoth } from '../../lib/docs/synthesize';
import { projectRoot } from '../support/estate';

jest.setTimeout(300_000);

const scratch = mkdtempSync(join(tmpdir(), 'huntaze-contributing-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('every worked example still applies, and does what the page shows: npm run docs makes it anew', async () => {
  const document = readFileSync(join(projectRoot, contributingDocument), 'utf8');
  const base = await synthesizeBoth(projectRoot, join(scratch, 'base'));
  expect(withGenerated(document, await exampleResults(projectRoot, document, base, scratch))).toBe(document);
});
