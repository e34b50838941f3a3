/**
 * Runs one command of the engine as a process of its own: `tool-process.ts <world file> <command as JSON>`. At each point
 * it tells its parent and waits for leave to go on, so that a fault strikes exactly there.
 */
import { Engine, type Outcome } from '../engine';
import { ConsolidationStop } from '../errors';
import type { ToolCommand, ToolMessage } from './tool';
import { readWorldFile, rehearsalWorld } from './world-file';

const send = (message: ToolMessage): Promise<void> =>
  new Promise((resolve) => process.send?.(message, () => resolve()));

const leave = (): Promise<void> => new Promise((resolve) => process.once('message', () => resolve()));

async function perform(engine: Engine, command: ToolCommand): Promise<Outcome> {
  if (command.name === 'run') return engine.run(command);
  if (command.name === 'rollback') return engine.rollback(command);
  return engine.retire(command.runId);
}

async function main(): Promise<void> {
  const [worldPath = '', text = '{}'] = process.argv.slice(2);
  const file = readWorldFile(worldPath);
  const engine = new Engine({
    world: rehearsalWorld(file),
    settings: file.settings,
    progress: {
      note: (line) => void send({ kind: 'note', line }),
      async step(title, work) {
        const began = Date.now();
        const result = await work();
        void send({ kind: 'step', title, ms: Date.now() - began });
        return result;
      },
    },
    async onPoint(point) {
      const granted = leave();
      await send({ kind: 'point', point });
      await granted;
    },
  });
  try {
    const { state, position } = await perform(engine, JSON.parse(text) as ToolCommand);
    await send({ kind: 'end', state, position });
  } catch (error) {
    const stop = error instanceof ConsolidationStop ? { code: error.code, remedy: error.remedy } : {};
    await send({ kind: 'stop', message: (error as Error).message, stack: (error as Error).stack ?? '', ...stop });
  }
  process.exit(0);
}

// A rehearsal that is gone leaves no tool behind.
process.once('disconnect', () => process.exit(1));
void main();
