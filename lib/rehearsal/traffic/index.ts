import type { Emulator } from '../emulator';
import { withPlatforms } from '../platforms';
import type { RehearsalValues } from '../seed';
import { makeScene, type Scene, type Story } from './scene';
import { authorizeCalls } from './stories/authorize-calls';
import { azureProbe } from './stories/azure-probe';
import { featureFlags } from './stories/feature-flags';
import { localPlatforms } from './stories/local-platforms';
import { oauthRefresh } from './stories/oauth-refresh';
import { poisonMessage } from './stories/poison-message';
import { publishPosts } from './stories/publish-posts';
import { stripeEvents } from './stories/stripe-events';
import { tokenRotation } from './stories/token-rotation';

export interface StoryResult {
  readonly title: string;
  readonly passed: boolean;
  /** What was seen, in the order in which it was seen. */
  readonly facts: readonly string[];
  /** Why the story failed. */
  readonly failure?: string;
}

export interface TrafficOptions {
  readonly emulator: Pick<Emulator, 'account' | 'region' | 'clientOptions'>;
  readonly values: RehearsalValues;
  /** Times that the stories are told, all to the same platforms. @default 1 */
  readonly rounds?: number;
  /** Takes the results of each round. */
  readonly onRound?: (results: readonly StoryResult[], round: number) => void;
}

/** None of these touches what another one uses: publishing waits for most of its time. */
const stories: readonly Story[] = [
  publishPosts,
  oauthRefresh,
  poisonMessage,
  stripeEvents,
  tokenRotation,
  featureFlags,
  authorizeCalls,
  azureProbe,
];

/**
 * Sends real traffic through what can run. A story that fails stops none of the others; only that the functions know the
 * local platforms must hold before any of them.
 */
export async function runTraffic(options: TrafficOptions): Promise<StoryResult[]> {
  const { emulator, values, rounds = 1, onRound = () => {} } = options;
  return withPlatforms(async (platforms) => {
    const scene = makeScene(emulator, values, platforms);
    const opening = await resultOf(localPlatforms, scene);
    const results: StoryResult[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const told = opening.passed ? await Promise.all(stories.map((story) => resultOf(story, scene))) : [];
      const all = round === 1 ? [opening, ...told] : told;
      onRound(all, round);
      results.push(...all);
    }
    return results;
  });
}

async function resultOf({ title, tell }: Story, scene: Scene): Promise<StoryResult> {
  const facts: string[] = [];
  try {
    await tell(scene, (fact) => facts.push(fact));
    return { title, passed: true, facts };
  } catch (error) {
    return { title, passed: false, facts, failure: firstLine(error) };
  }
}

/** Assertions add what they compared in further lines; the first one says what is wrong. */
const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
