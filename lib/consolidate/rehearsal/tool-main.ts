import { Engine, type Outcome } from '../engine';
import { ConsolidationStop } from '../errors';
import type { World } from '../ports';
import type { ToolCommand, ToolMessage } from './tool';
import { readWorldFile, type WorldFile } from './world-file';

type OpenWorld = (file: WorldFile) => World | Promise<World>;

const send = (message: ToolMessage): Promise<void> =>
  new Promise((resolve) => process.send?.(message, () => resolve()));

const leave = (): Promise<void> => new Promise((resolve) => process.once('message', () => resolve()));

async function perform(engine: Engine, command: ToolCommand): Promise<Outcome> {
  if (command.name === 'run') return engine.run(command);
  if (command.name === 'rollback') return engine.rollback(command);
  return engine.retire(command.runId);
}

async function main(open: OpenWorld): Promise<void> {
  const [worldPath = '', text = '{}'] = process.argv.slice(2);
  const file = readWorldFile(worldPath);
  const engine = new Engine({
    world: await open(file),
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

/**
 * The main function of a process that runs one command. At each point it tells its parent and waits for leave to go on,
 * so that a fault strikes exactly there.
 */
export function runToolProcess(open: OpenWorld): void {
  // A rehearsal that is gone leaves no tool behind.
  process.once('disconnect', () => process.exit(1));
  void main(open);
}
