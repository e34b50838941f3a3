import { quarantineSchema, readTables, replicated, type Table } from '../database/catalogue';
import { installControl, noteFact, setFact } from '../database/control';
import { fence } from '../database/fence';
import { identifier } from '../database/quoting';
import type { Databases, Session } from '../database/sessions';
import { ConsolidationStop } from '../errors';
import { type Finding, standing } from '../findings';
import { type Side, sides } from '../phases';
import { quarantine, rereadQuarantine } from '../quarantine';
import { replicationParameters, survey } from '../survey';
import type { PhaseContext, PhaseDefinition } from './context';

/** @throws ConsolidationStop `survey-blocks` with every finding that stands in the way */
export function assertNothingStands(findings: readonly Finding[], accepted: readonly string[]): void {
  const left = standing(findings, accepted);
  if (left.length === 0) return;
  const lines = left.map(({ id, gravity, message, remedy }) => `  ${gravity} ${id}\n    ${message}\n    → ${remedy}`);
  throw new ConsolidationStop('survey-blocks', `${left.length} finding(s) stand in the way:\n${lines.join('\n')}`);
}

/** The survey itself runs in the engine, which stores its findings before this judges them. */
export const surveyPhase: PhaseDefinition = {
  id: 'survey',
  async act({ state, databases, world, step }) {
    const { findings } = await step('look at both servers', () => survey(databases, world));
    assertNothingStands(findings, Object.keys(state.accepted));
    return { findings: findings.length, accepted: Object.keys(state.accepted).length };
  },
};

export const prepare: PhaseDefinition = {
  id: 'prepare',
  async act({ world: { instances }, databases, state, step }) {
    const network = await step('network path', () => instances.ensureNetworkPath());
    const alarms = await step('alarms', () => instances.ensureAlarms());
    const rebooted: string[] = [];
    // The target first: what goes wrong with a parameter group goes wrong where nobody writes.
    for (const side of ['target', 'source'] as const) {
      await step(`protect the ${side}`, () => instances.protect(side));
      const { rebootNeeded } = await step(`parameters of the ${side}`, () =>
        instances.ensureReplicationParameters(side, replicationParameters),
      );
      if (!rebootNeeded) continue;
      await step(`reboot the ${side}`, () => instances.reboot(side));
      rebooted.push(side);
    }
    for (const side of sides) {
      await step(`replica identities of the ${side}`, () => ensureReplicaIdentities(databases, side));
    }
    // Last, so that it says that all of this is done.
    for (const side of sides) await step(`control schema on the ${side}`, () => installControl(databases, side, state));
    return { network, alarms, rebooted };
  },
};

/** A table without one refuses updates on the source as soon as it is published. */
export const ensureReplicaIdentities = (
  databases: Pick<PhaseContext['databases'], 'read'>,
  side: Side,
): Promise<void> =>
  databases.read(side, async (session) => {
    const identities = replicated(await readTables(session)).flatMap(identityOf);
    for (const statement of identities) await shortly(session, statement);
  });

/** The statement that lets updates of a published table find their row, where it is missing. */
function identityOf(table: Table): string[] {
  const alter = (what: string) => [`alter table only ${table.sql} replica identity ${what}`];
  if (table.keyIndex !== undefined) {
    return table.replicaIdentity === 'index' ? [] : alter(`using index ${identifier(table.keyIndex)}`);
  }
  if (table.key.length === 0) return table.replicaIdentity === 'full' ? [] : alter('full');
  return table.replicaIdentity === 'nothing' ? alter('default') : [];
}

/** A statement that needs an exclusive lock for a moment, without holding writers up behind it for longer. */
async function shortly(session: Session, statement: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await session.query(`begin; set local lock_timeout = '1500ms'; ${statement}; commit`);
      return;
    } catch (error) {
      await session.query('rollback');
      if ((error as { code?: string }).code !== '55P03' || attempt === 10) throw error;
    }
  }
}

export const closeTarget: PhaseDefinition = {
  id: 'close-target',
  async act({ databases, world, state, step }) {
    const closed = await step('close the target', () =>
      fence(databases, { side: 'target', token: `closed-${state.runId}`, applicationRoles: world.applicationRoles }),
    );
    return { ...closed };
  },
};

const snapshotBeforeReset = (runId: string): string => `consolidation-${runId}-target`;

export const quarantinePhase: PhaseDefinition = {
  id: 'quarantine',
  async act({ databases, world, state, step }) {
    const tables = await step('set aside what only the target has', () => quarantine(databases, state.runId));
    const snapshot = await step('snapshot of the target', () =>
      world.instances.ensureSnapshot('target', snapshotBeforeReset(state.runId)),
    );
    // Only now: what the reset needs is a quarantine and a snapshot, and a run that is stopped between them has neither.
    await step('the quarantine is complete', () =>
      databases.change('target', (session) => noteFact(session, 'quarantinedAt')),
    );
    const rows = tables.reduce((sum, { targetOnly, differs }) => sum + targetOnly + differs, 0);
    return {
      rows,
      schema: quarantineSchema,
      snapshot: snapshot.identifier,
      // The item that holds the state is bounded; the schema's table of contents has them all.
      tables: tables.slice(0, 100).map((table) => ({ ...table })),
    };
  },
};

/** The next run does the phase again: it begins with what it finds, and takes the snapshot that is missing. */
const quarantineAnew = (databases: Databases): Promise<void> =>
  databases.change('target', (session) => setFact(session, 'quarantinedAt', undefined));

export const reset: PhaseDefinition = {
  id: 'reset',
  async enter({ databases, world, state }) {
    const name = snapshotBeforeReset(state.runId);
    const snapshot = await world.instances.describeSnapshot(name);
    if (snapshot?.kind !== 'manual' || snapshot.status !== 'available') {
      if (!snapshot) await quarantineAnew(databases);
      throw new ConsolidationStop(
        'snapshot-missing',
        `The target must have an available manual snapshot ${name}, got: ${snapshot ? `${snapshot.kind}, ${snapshot.status}` : 'none'}.`,
      );
    }
    const wrong = await rereadQuarantine(databases, state.runId);
    if (wrong.length > 0) {
      await quarantineAnew(databases);
      throw new ConsolidationStop(
        'quarantine-differs',
        `The quarantine no longer holds what was set aside of ${wrong.join(', ')}.`,
      );
    }
  },
  async act({ databases, step }) {
    const tables = await step('empty the target', () =>
      databases.change('target', async (session) => {
        const list = replicated(await readTables(session));
        const shared = list.map(({ sql }) => sql);
        // The fence's own triggers refuse TRUNCATE, as they should.
        await session.query("set local session_replication_role = 'replica'");
        if (shared.length > 0) await session.query(`truncate ${shared.join(', ')}`);
        await noteFact(session, 'resetAt');
        return list.length;
      }),
    );
    return { tables };
  },
};
