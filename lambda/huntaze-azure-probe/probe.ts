import type { Tier } from '../../lib/estate/azure';
import { type HybridClient, HybridSettingError, ProviderError } from '../../lib/hybrid';
import type { Meter } from '../../lib/hybrid/meter';
import { effectivePercentage } from '../../lib/hybrid/state';

export interface DeploymentReport {
  readonly tier: Tier;
  readonly healthy: boolean;
  /** Milliseconds. */
  readonly latency: number;
  readonly model?: string;
  /** Why there was no answer: kind, HTTP status and code of the provider. */
  readonly failure?: { readonly kind: string; readonly status?: number; readonly code?: string };
}

export interface ProbeReport {
  readonly rolloutPercentage: number;
  readonly rolledBack: boolean;
  readonly deployments: readonly DeploymentReport[];
  /** Settings for want of which nothing was asked. */
  readonly missing: readonly string[];
}

const tiers: readonly Tier[] = ['premium', 'standard'];

/** Milliseconds for one question: half of the function's timeout, so that there is time to say that it failed. */
const patience = 30_000;

/** Evidence `smoke`: a ping of at most ten tokens. */
const ping = { subject: 'probe', maxTokens: 10, messages: [{ role: 'user', content: 'ping' }] } as const;

/** @throws HybridSettingError when Azure is on and its settings are not complete */
export async function probe(client: Pick<HybridClient, 'settings' | 'probe'>, meter: Meter): Promise<ProbeReport> {
  const state = await client.settings();
  const rolloutPercentage = effectivePercentage(state);
  const { rolledBack, missing } = state;
  meter.rollout(rolloutPercentage, rolledBack);
  if (state.azure) {
    const deployments = await Promise.all(tiers.map((tier) => probeDeployment(client, meter, tier)));
    return { rolloutPercentage, rolledBack, deployments, missing };
  }
  if (state.enabled) {
    throw new HybridSettingError(
      `Azure is on and its settings are not complete, got none for: ${missing.join(', ')}. ` +
        'Set hybrid.identity in the settings file from the outputs of the Azure stack, and deploy azure-access.',
    );
  }
  return { rolloutPercentage, rolledBack, deployments: [], missing };
}

async function probeDeployment(
  client: Pick<HybridClient, 'probe'>,
  meter: Meter,
  tier: Tier,
): Promise<DeploymentReport> {
  const begun = performance.now();
  const report = await client.probe({ ...ping, tier, signal: AbortSignal.timeout(patience) }).then(
    ({ model }) => ({ healthy: true, model }),
    (error: unknown) => ({ healthy: false, failure: failureOf(error) }),
  );
  const latency = Math.round(performance.now() - begun);
  meter.deployment(tier, report.healthy, latency);
  return { tier, latency, ...report };
}

function failureOf(error: unknown): NonNullable<DeploymentReport['failure']> {
  if (!(error instanceof ProviderError)) return { kind: error instanceof Error ? error.name : 'unknown' };
  const { kind, status, code } = error;
  return { kind, ...(status !== undefined && { status }), ...(code !== undefined && { code }) };
}
