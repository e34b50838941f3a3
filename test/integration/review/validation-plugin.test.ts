import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { ReviewGate } from '../../../lib/review/validation-plugin';
import { newFolder, writeFiles } from '../../unit/review/written-trees';

/** Synthesizes one queue, compared with a base when one is given. */
function synthesize(retention: number, options?: ConstructorParameters<typeof ReviewGate>[0]) {
  const app = new App({ outdir: newFolder(), builtinCloudFormationValidation: false });
  const stack = new Stack(app, 'shop', { env: { account: '123456789012', region: 'us-east-1' } });
  new CfnQueue(stack, 'Orders', { queueName: 'orders', messageRetentionPeriod: retention });
  if (options) Validations.of(app).addPlugins(new ReviewGate(options));
  const log = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  try {
    app.synth();
    return { folder: app.outdir };
  } catch (error) {
    return { folder: app.outdir, error: String(error) };
  } finally {
    log.mockRestore();
  }
}

const reported = (folder: string): string => readFileSync(join(folder, 'validation-report.json'), 'utf8');
const { folder: base } = synthesize(345_600);

test('a synth that loses data against its base fails, and says why', () => {
  const { folder, error } = synthesize(60, { base, asOf: '2026-11-24' });
  expect(error).toMatch(/[Vv]alidation/);
  expect(reported(folder)).toMatch(/gate-data-destroyed.*older ones are gone at once/s);
});

test('a synth that loses nothing passes', () => {
  expect(synthesize(1_209_600, { base, asOf: '2026-11-24' }).error).toBeUndefined();
});

test('a waiver lets one change pass, until it expires', () => {
  const waivers = join(
    writeFiles(newFolder(), {
      'waivers.json': {
        waivers: [
          {
            id: 'orders-drained',
            resource: 'shop/Orders',
            change: 'MessageRetentionPeriod',
            reason: 'The queue is drained, and its producers are off.',
            owner: 'platform-lead',
            expires: '2026-11-30',
          },
        ],
      },
    }),
    'waivers.json',
  );
  expect(synthesize(60, { base, waivers, asOf: '2026-11-24' }).error).toBeUndefined();
  expect(synthesize(60, { base, waivers, asOf: '2026-12-01' }).error).toMatch(/[Vv]alidation/);
});
