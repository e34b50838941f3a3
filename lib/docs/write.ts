import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { terminalProgress } from '../cli/progress';
import { architectureDocument, withPictures } from './architecture/document';
import { contributingDocument, exampleResults } from './example-results';
import { closedGate, reviewDocument } from './gate-example';
import { withGenerated } from './generated';
import { synthesizeBoth } from './synthesize';

const projectRoot = resolve(__dirname, '..', '..');

/** `npm run docs`: makes every generated block of the documents anew from a fresh synth of both clouds. */
async function main(): Promise<void> {
  const progress = terminalProgress();
  const scratch = mkdtempSync(join(tmpdir(), 'huntaze-docs-'));
  try {
    const tree = await progress.step('synthesize both clouds', () =>
      synthesizeBoth(projectRoot, join(scratch, 'base')),
    );
    await rewrite(reviewDocument, async (text) => withGenerated(text, closedGate(tree)));
    await rewrite(architectureDocument, async (text) => withPictures(text, tree, projectRoot));
    await progress.step('work the examples', () =>
      rewrite(contributingDocument, async (text) =>
        withGenerated(text, await exampleResults(projectRoot, text, tree, scratch)),
      ),
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function rewrite(document: string, change: (text: string) => Promise<string>): Promise<void> {
  const path = join(projectRoot, document);
  const before = readFileSync(path, 'utf8');
  const after = await change(before);
  if (after !== before) writeFileSync(path, after);
  console.log(`${document}: ${after === before ? 'up to date' : 'written'}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
