import { join } from 'node:path';
import { deployedSizes, type SizeGoal } from '../lib/estate/deployed-sizes';
import { type Bench, projectRoot, row, verdict } from './measure';
import { bundleAll, isGoalMet, packageSize } from './packages';

/** How large each function's package is, against the deployed one. Bytes of zip archives, equal in every run. */
export async function benchBundles({ scratch, print }: Bench): Promise<void> {
  const folders = bundleAll(projectRoot, join(scratch, 'packages'));
  print(row('package, zip archive without source map', ['deployed B', 'here B', 'smaller']));
  for (const deployed of deployedSizes) {
    const folder = folders.get(deployed.name);
    if (!folder) {
      throw new Error(`A deployed size needs a bundle, got no function: ${deployed.name}. Correct the row's name.`);
    }
    const bytes = await packageSize(folder);
    const ratio = deployed.bytes / bytes;
    print(
      row(
        deployed.name,
        [String(deployed.bytes), String(bytes), `${ratio.toFixed(ratio < 10 ? 2 : 0)} x`],
        verdict(wording(deployed.goal), isGoalMet(deployed, bytes)),
      ),
    );
    if (deployed.goal.kind === 'larger') print(`  ${deployed.goal.reason}`);
  }
}

function wording(goal: SizeGoal): string {
  if (goal.kind === 'larger') return 'larger by a stated reason';
  return goal.times === 1 ? 'not larger' : `at least ${goal.times} x`;
}
