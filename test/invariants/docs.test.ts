import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { architectureDocument, withPictures } from '../../lib/docs/architecture/document';
import { folderPurposes, trackedFolders } from '../../lib/docs/architecture/folders';
import { closedGate, reviewDocument } from '../../lib/docs/gate-example';
import { withGenerated } from '../../lib/docs/generated';
import { synthesizeBoth } from '../../lib/docs/synthesize';
import type { Tree } from '../../lib/review';
import { projectRoot } from '../support/estate';

jest.setTimeout(120_000);

const scratch = mkdtempSync(join(tmpdir(), 'huntaze-architecture-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let base: Tree;
beforeAll(async () => {
  base = await synthesizeBoth(projectRoot, scratch);
});

test('every picture is what the synthesized trees show: npm run docs makes it anew', () => {
  const document = readFileSync(join(projectRoot, architectureDocument), 'utf8');
  expect(withPictures(document, base, projectRoot)).toBe(document);
});

test('the gate says what docs/review.md shows: npm run docs makes it anew', () => {
  const document = readFileSync(join(projectRoot, reviewDocument), 'utf8');
  expect(withGenerated(document, closedGate(base))).toBe(document);
});

test('every folder has its purpose, and every purpose its folder', () => {
  expect(trackedFolders(projectRoot)).toEqual(Object.keys(folderPurposes).sort());
});
