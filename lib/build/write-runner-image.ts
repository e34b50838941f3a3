import { join, resolve } from 'node:path';
import { runnerImageContext } from './runner-image';

const projectRoot = resolve(__dirname, '..', '..');
const outdir = join(projectRoot, '.build', 'image', 'consolidate');
runnerImageContext({ projectRoot, outdir });
console.log(`Build context: ${outdir}. docs/consolidation-infrastructure.md says how to build and push the image.`);
