import { type Bench, seconds, spread, spreadHeader, verdict } from './measure';

/** Seconds. */
const longest = 120;

/** How long one whole rehearsal takes: bootstrap, deployment, read-back, traffic. */
export async function benchRehearsal({ print }: Bench): Promise<void> {
  const took = seconds(['bin/estate.js', 'rehearse']);
  print(spreadHeader('process, wall time', 1));
  print(spread('rehearsal', [took], 's', verdict(`under ${longest} s`, took < longest)));
}
