import { execFile } from 'node:child_process';
import { type Stage, setStage } from '../../lib/consolidate/rehearsal/stage';
import { projectRoot } from '../support/estate';

interface Said {
  readonly code: number;
  readonly text: string;
}

/** The command as a person calls it. */
const estate = (stage: Stage, ...args: string[]): Promise<Said> =>
  new Promise((resolve) =>
    execFile(
      process.execPath,
      ['bin/estate.js', 'consolidate', ...args, '--rehearsal', stage.worldFile],
      { cwd: projectRoot },
      (error, out, err) => resolve({ code: Number(error?.code ?? 0), text: `${out}${err}` }),
    ),
  );

/** Accepts what is to be decided and gives each flag that is asked for, until the command has nothing to ask. */
async function follow(stage: Stage, strategy: string, giveFlags = true): Promise<Said> {
  const given: string[] = [];
  for (let calls = 0; calls < 8; calls += 1) {
    const said = await estate(stage, 'run', '--strategy', strategy, ...given);
    const decisions = [...said.text.matchAll(/^ {2}decision (.+)$/gm)].flatMap(([, id = '']) => ['--accept', id]);
    const [, flag = '', runId = ''] = /add (--\w+) (c-[\w-]+)/.exec(said.text) ?? [];
    const asked = decisions.length > 0 ? decisions : giveFlags && flag ? [flag, runId] : [];
    if (said.code === 0 || asked.length === 0) return said;
    given.push(...asked);
  }
  throw new Error('The command did not come to an end.');
}

let stage: Stage;
beforeEach(async () => {
  stage = await setStage({ amount: { rows: 1_000, bulkTables: 1 }, embeddedAws: { projectRoot } });
}, 300_000);
afterEach(() => stage.stop(), 60_000);

test('snapshot-copy: serves from an encrypted copy, says that deploys are forbidden, and does not go back over writes', async () => {
  const load = await stage.startLoad();
  expect(await follow(stage, 'snapshot-copy')).toMatchObject({ code: 0 });
  await load.stop();
  expect(await stage.serving()).toBe('elsewhere');
  const status = await estate(stage, 'status');
  expect(status.text).toContain('The secret points to: the instance that the run made.');
  expect(status.text).toMatch(/DEPLOYS FORBIDDEN: huntaze-postgres-production-consolidated-\w{4} serves/);
  expect(status.text).toContain('Way back: none');
  const back = await estate(stage, 'rollback');
  expect(back).toMatchObject({ code: 1, text: expect.stringContaining('Stopped [no-way-back]') });
  await expect(stage.query('source', 'update app.accounts set balance = balance')).rejects.toMatchObject({
    code: '25006',
  });
}, 900_000);

test('snapshot-copy: stopped before it opens, it goes back, and deploys are admitted', async () => {
  const load = await stage.startLoad();
  expect(await follow(stage, 'snapshot-copy', false)).toMatchObject({ code: 3 });
  const [, runId = ''] = /run (c-[\w-]+)/i.exec((await estate(stage, 'status')).text) ?? [];
  expect(await estate(stage, 'run', '--fence', runId)).toMatchObject({ code: 3 });
  expect(await estate(stage, 'rollback')).toMatchObject({ code: 0 });
  const { acknowledged } = await load.stop();
  expect(await stage.serving()).toBe('source');
  const { text } = await estate(stage, 'status');
  expect(text).toContain('rolled-back');
  expect(text).not.toContain('DEPLOYS FORBIDDEN');
  expect(await stage.judge('source')).toEqual({ acknowledged, lost: 0, risen: 0, unbalanced: 0 });
}, 900_000);

test('seeded-replication: serves from the copy, and goes back with every write', async () => {
  const load = await stage.startLoad();
  expect(await follow(stage, 'seeded-replication')).toMatchObject({ code: 0 });
  expect(await stage.serving()).toBe('elsewhere');
  expect(await estate(stage, 'rollback')).toMatchObject({ code: 0 });
  const { acknowledged } = await load.stop();
  expect(await stage.serving()).toBe('source');
  expect((await estate(stage, 'status')).text).not.toContain('DEPLOYS FORBIDDEN');
  expect(await stage.judge('source')).toEqual({ acknowledged, lost: 0, risen: 0, unbalanced: 0 });
}, 900_000);

test('blue-green: asks for the proof that this account encrypts that way, before anything is made', async () => {
  const said = await follow(stage, 'blue-green');
  expect(said).toMatchObject({ code: 3, text: expect.stringContaining('give --accept blue-green-encrypts') });
  expect(await stage.serving()).toBe('source');
}, 300_000);
