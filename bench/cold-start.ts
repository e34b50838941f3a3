import { join } from 'node:path';
import { median } from 'simple-statistics';
import { type ModelledFunction, modelledFunctions } from '../lib/estate/functions';
import { type FirstEvent, prepareFirstEvents } from './first-events';
import { LambdaProcess } from './lambda-process';
import { LocalServices } from './local-services';
import { type Bench, projectRoot, row } from './measure';
import { bundleAll } from './packages';

interface ColdStart {
  /** Milliseconds. */
  readonly load: number;
  /** Milliseconds. */
  readonly first: number;
}

/** How long a fresh process of each function takes to load its module and to answer its first event. */
export async function benchColdStart({ scratch, rounds, print }: Bench): Promise<void> {
  const folders = bundleAll(projectRoot, join(scratch, 'cold-start'));
  const services = await LocalServices.start(join(scratch, 'services'));
  try {
    const events = await prepareFirstEvents(services, rounds);
    const starts = new Map<string, ColdStart[]>();
    for (let round = 0; round < rounds; round += 1) {
      for (const row of modelledFunctions) {
        const event = events[row.name];
        if (!event) throw new Error(`A function needs a first event, got none for: ${row.name}. Add one.`);
        const start = await coldStart(row, event, round, {
          folder: folders.get(row.name) ?? '',
          environment: { ...services.environment, ...event.environment },
          logPath: join(scratch, `${row.name}.log`),
        });
        starts.set(row.name, [...(starts.get(row.name) ?? []), start]);
      }
    }

    print(
      'Fresh Node process per start, its own start not counted; SDK from node_modules; real answers of an embedded AWS,',
    );
    print('Valkey and PostgreSQL on this machine, whose time is in the first event.');
    print(row(`median of ${rounds}`, ['load', 'first event', 'sum'], 'first event'));
    for (const [name, figures] of starts) {
      const cells = [
        median(figures.map(({ load }) => load)),
        median(figures.map(({ first }) => first)),
        median(figures.map(({ load, first }) => load + first)),
      ];
      print(
        row(
          name,
          cells.map((milliseconds) => `${milliseconds.toFixed(1)} ms`),
          events[name]?.story,
        ),
      );
    }
  } finally {
    await services.stop();
  }
}

/** @throws Error when the answer is not the one that the event is for. */
async function coldStart(
  row: ModelledFunction,
  { event, answer: expected }: FirstEvent,
  round: number,
  options: Parameters<typeof LambdaProcess.start>[1],
): Promise<ColdStart> {
  const container = await LambdaProcess.start(row, options);
  try {
    const { tookMs, ...answer } = await container.invoke(event(round));
    const text = JSON.stringify(answer);
    if (!expected.test(text)) {
      throw container.failure(`must answer its first event with ${expected}, got: ${text}`);
    }
    return { load: container.loadMs, first: tookMs };
  } finally {
    await container.stop();
  }
}
