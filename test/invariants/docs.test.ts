import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { architectureDocument, withPictures } from '../../lib/docs/architecture/document';
import { folderPurposes, trackedFolders } from '../../lib/docs/architecture/folders';
import { synthesizeBoth } from '../../lib/docs/synthesize';
import { projectRoot } from '../support/estate';

jest.setTimeout(120_000);

const scratch = mkdtempSync(join(tmpdir(), 'huntaze-architecture-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('every picture is what the synthesized trees show: npm run docs makes it anew', () => {
  const document = readFileSync(join(projectRoot, architectureDocument), 'utf8');
  expect(withPictures(document, synthesizeBoth(projectRoot, scratch), projectRoot)).toBe(document);
});

test('every folder has its purpose, and every purpose its folder', () => {
  expect(trackedFolders(projectRoot)).toEqual(Object.keys(folderPurposes).sort());
});
