import {
  crashServers,
  cutPath,
  type Fault,
  killApplyWorker,
  killTool,
  strikes,
} from '../../lib/consolidate/rehearsal/faults';
import { back, forward, useStage } from './support';

/** What was committed without waiting for the log is lost by a crash, however long ago that was. */
const forgetful = ['wal_writer_delay = 10s', 'wal_writer_flush_after = 1GB'];
const stage = useStage({
  amount: { rows: 20_000, bulkTables: 4 },
  configuration: { source: forgetful, target: forgetful },
});

const wayForward: readonly Fault[] = [
  crashServers('after:close the target', 'target'),
  crashServers('after:forward slot', 'source'),
  crashServers('after:forward subscription', 'target'),
  cutPath('before:every table follows on the target', 'source', 2_000),
  killApplyWorker('before:the target catches up', 'target'),
  crashServers('before:compare source and target ahead', 'source', 'target'),
  cutPath('before:compare what changed on the source meanwhile', 'source', 1_500),
  crashServers('after:compare what changed on the source meanwhile', 'source', 'target'),
  crashServers('before:fence the source', 'source'),
  killTool('after:fence the source'),
  crashServers('before:drain into the target', 'source', 'target'),
  cutPath('before:compare what changed', 'source', 1_000),
  crashServers('after:the target is complete', 'target'),
  crashServers('after:reverse slot', 'target'),
  killApplyWorker('before:every table follows on the source', 'source'),
  crashServers('before:open the target', 'source', 'target'),
  crashServers('after:open the target', 'target'),
  crashServers('before:no session remains on the source', 'source'),
  cutPath('done:open', 'target', 1_500),
];

test('forward, with every server crashed and every path cut', async () => {
  const { at, hit } = strikes(stage(), wayForward);
  const pass = await forward(stage(), { at });
  expect(hit).toEqual(expect.arrayContaining([...wayForward]));
  expect(pass.last.position).toBe('retain');
}, 400_000);

const wayBack: readonly Fault[] = [
  killApplyWorker('before:the source catches up', 'source'),
  cutPath('before:compare target and source ahead', 'target', 2_000),
  crashServers('before:compare what changed on the target meanwhile', 'source', 'target'),
  crashServers('after:fence the target', 'source', 'target'),
  crashServers('before:move the sequences', 'source'),
  crashServers('after:open the source', 'source'),
  crashServers('before:reverse subscription gone', 'source', 'target'),
];

test('back, with every server crashed and every path cut', async () => {
  const { at, hit } = strikes(stage(), wayBack);
  await back(stage(), { at });
  expect(hit).toEqual(expect.arrayContaining([...wayBack]));
}, 300_000);
