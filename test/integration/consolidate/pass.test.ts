import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { passForward, watchOpen } from '../../../lib/consolidate/rehearsal/pass';
import { type Stage, setStage } from '../../../lib/consolidate/rehearsal/stage';
import { projectRoot } from '../../support/estate';

let stage: Stage;

beforeAll(async () => {
  stage = await setStage({ amount: { rows: 2_000, bulkTables: 2 }, embeddedAws: { projectRoot } });
}, 180_000);

afterAll(() => stage.stop());

test('two servers become one under load beside an embedded AWS, though the tool is killed and the source crashes', async () => {
  const load = await stage.startLoad();
  const watch = watchOpen(stage);
  const struck: string[] = [];
  const once = (point: string) => !struck.includes(point) && struck.push(point) > 0;

  const pass = await passForward(stage, {
    async at(point, tool) {
      if (point === 'after:forward subscription' && once(point)) {
        await stage.servers.source.stop('SIGKILL');
        await stage.servers.source.start();
      }
      // The fence stands, and nothing says so but the servers.
      if (point === 'after:fence the source' && once(point)) tool.kill();
    },
  });

  const report = await load.stop();
  const { bothOpen, looks } = await watch.stop();
  expect(struck).toEqual(['after:forward subscription', 'after:fence the source']);
  expect(pass.kills).toBe(1);
  expect(pass.last.position).toBe('retain');
  expect(await stage.serving()).toBe('target');
  expect(await stage.openSides()).toEqual(['target']);
  expect(looks).toBeGreaterThan(10);
  expect(bothOpen).toEqual([]);
  expect(report.acknowledged).toBeGreaterThan(100);
  expect(await stage.judge('target')).toEqual({ acknowledged: report.acknowledged, lost: 0, risen: 0, unbalanced: 0 });
  const [kept] = await stage.query<{ own: number }>(
    'target',
    `select sum(target_only)::int as own from consolidation_quarantine.contents`,
  );
  expect(kept?.own).toBeGreaterThanOrEqual(stage.diverged.targetOnly);
  // Not the synchronous one: this process answers for the rehearsed cloud meanwhile.
  const { stdout: status } = await promisify(execFile)(
    process.execPath,
    ['bin/estate.js', 'consolidate', 'status', '--rehearsal', stage.worldFile],
    { cwd: projectRoot },
  );
  expect(status).toMatch(/Source: closed to writers\. Target: takes writes\.\nThe secret points to: target\./);
  expect(status).toContain(`estate consolidate retire --retire ${pass.runId}`);
  for (const side of ['source', 'target'] as const) {
    expect(stage.servers[side].logText()).not.toMatch(/password='/);
  }
}, 300_000);
