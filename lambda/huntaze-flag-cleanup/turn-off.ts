import type { FlagName } from '../shared/flags/flag-names';
import { isFlagOn, withFlagOff } from './flag-document';
import { type FlagsProfile, isConflict } from './flags-profile';

export interface TurnOffResult {
  /** `already off`: nothing was made; `under way`: a deployment that turns it off was running. */
  readonly outcome: 'turned off' | 'under way' | 'already off';
  /** Absent where nothing was ever deployed. */
  readonly versionNumber?: number;
  readonly deploymentNumber?: number;
}

/** Another deployment runs, and an environment takes one at a time. */
class DeploymentRunningError extends Error {
  override readonly name = 'DeploymentRunningError';
}

/** A run that finds another one faster looks once more. */
const rounds = 2;

/**
 * Turns a flag off where its readers have it on.
 *
 * The new version is made from the deployed one, so that no other flag changes and no draft goes out with it.
 *
 * @throws DeploymentRunningError when a deployment runs that leaves the flag on: no version is made then.
 */
export async function turnOff(flag: FlagName, profile: FlagsProfile): Promise<TurnOffResult> {
  for (let round = 1; ; round += 1) {
    const { latestNumber, running, current } = await profile.status();
    const isOff = async (versionNumber: number) => !isFlagOn(await profile.content(versionNumber), flag);
    if (running) {
      if (running.ours && (await isOff(running.versionNumber))) {
        return { outcome: 'under way', versionNumber: running.versionNumber, deploymentNumber: running.number };
      }
      throw new DeploymentRunningError(
        `An environment takes one deployment at a time, got number ${running.number} running. Wait until it is complete.`,
      );
    }
    if (!current) return { outcome: 'already off' };
    const content = await profile.content(current.versionNumber);
    if (!isFlagOn(content, flag)) {
      return { outcome: 'already off', versionNumber: current.versionNumber, deploymentNumber: current.number };
    }

    const label = `v${current.versionNumber}-without-${flag}`;
    const versionNumber = await profile.versionWithLabel(label, withFlagOff(content, flag));
    try {
      const deploymentNumber = await profile.deploy(versionNumber, `clean-up: ${flag} off`, latestNumber);
      return { outcome: 'turned off', versionNumber, deploymentNumber };
    } catch (error) {
      if (!isConflict(error) || round === rounds) throw error;
    }
  }
}
