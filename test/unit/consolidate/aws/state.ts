import type { RunState } from '../../../../lib/consolidate/state';

/** A state as a run that has just begun has it. */
export const newState = (change: Partial<RunState> = {}): RunState => ({
  schemaVersion: 1,
  runId: 'c-20261124-120000-abcd',
  strategy: 'logical-replication',
  account: '317805897534',
  region: 'us-east-1',
  instances: {
    source: { identifier: 'plain', database: 'huntaze' },
    target: { identifier: 'encrypted', database: 'huntaze' },
  },
  epoch: 1,
  status: 'active',
  phases: {},
  findings: [],
  accepted: {},
  confirmed: {},
  createdAt: '2026-11-24T12:00:00.000Z',
  updatedAt: '2026-11-24T12:00:00.000Z',
  ...change,
});
