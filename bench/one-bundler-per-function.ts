/**
 * The same app, its handlers bundled as `NodejsFunction` of aws-cdk-lib does it: one esbuild process for each function,
 * one after the other.
 */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { modelledFunctions } from '../lib/estate/functions';
import { resolveSettings } from '../lib/estate/settings';
import { applyPolicy } from '../lib/policy';
import { settingsFiles } from '../settings';
import { estateApp } from '../stacks-aws/app';
import { buildEstate } from '../stacks-aws/estate';

const projectRoot = resolve(__dirname, '..');
const outdir = join(process.env.CDK_OUTDIR ?? '', '..', 'code-per-function');
const code = new Map(
  modelledFunctions.map(({ name, handler }) => {
    const folder = join(outdir, name);
    execFileSync(
      'npx',
      [
        '--no-install',
        'esbuild',
        '--bundle',
        `lambda/${name}/handler.ts`,
        '--target=node20',
        '--platform=node',
        '--minify-whitespace',
        '--minify-syntax',
        '--external:@aws-sdk/*',
        '--external:@smithy/*',
        '--define:EDGE_CONFIGURATION={"region":"us-east-1"}',
        `--outfile=${join(folder, `${handler.split('.')[0]}.js`)}`,
      ],
      { cwd: projectRoot, stdio: 'pipe' },
    );
    return [name, folder] as const;
  }),
);
const app = estateApp();
const settings = resolveSettings(settingsFiles, app.node.getAllContext() as Record<string, unknown>);
buildEstate(app, { settings, code });
applyPolicy(app, settings);
app.synth();
