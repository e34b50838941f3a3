import type { CognitiveAccount } from '@cdktf/provider-azurerm/lib/cognitive-account';
import { CognitiveAccountRaiPolicy } from '@cdktf/provider-azurerm/lib/cognitive-account-rai-policy';
import type { Construct } from 'constructs';
import {
  type ContentFilterSettings,
  type GradedFilter,
  gradedFilters,
  microsoftDefaultPolicy,
  plainFilters,
} from '../lib/estate/azure-content-filter';

/**
 * A content filter of our own, made from Microsoft's default: only the thresholds differ, everything blocks.
 *
 * @returns undefined where the settings keep Microsoft's default, which needs no resource
 */
export function contentFilter(
  scope: Construct,
  account: CognitiveAccount,
  settings: ContentFilterSettings,
  tags: Readonly<Record<string, string>>,
): CognitiveAccountRaiPolicy | undefined {
  if (settings.policy !== 'own') return undefined;
  const graded = (Object.keys(gradedFilters) as GradedFilter[]).flatMap((key) => [
    { name: gradedFilters[key], source: 'Prompt', severityThreshold: settings[key].prompt },
    { name: gradedFilters[key], source: 'Completion', severityThreshold: settings[key].completion },
  ]);
  // The provider wants a threshold of these too; the service does not look at it.
  const plain = Object.values(plainFilters).map((filter) => ({ ...filter, severityThreshold: 'Medium' }));
  return new CognitiveAccountRaiPolicy(scope, 'content-filter', {
    name: settings.name,
    cognitiveAccountId: account.id,
    basePolicyName: microsoftDefaultPolicy,
    mode: 'Default',
    contentFilter: [...graded, ...plain].map((filter) => ({ ...filter, filterEnabled: true, blockEnabled: true })),
    tags,
  });
}
