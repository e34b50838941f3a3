import type { AzureEstate } from '../../estate/azure-estate';

/** One rule for the settings of Azure. */
export interface SettingsRule {
  /** Where the rule is written down, for whoever doubts it. */
  readonly source: string;
  /**
   * @param today ISO date to compare with
   * @returns one sentence per violation: setting, value and remedy
   */
  readonly check: (estate: AzureEstate, today: string) => readonly string[];
}

export const ok: readonly string[] = [];
export const unless = (holds: boolean, message: string): readonly string[] => (holds ? ok : [message]);
export const list = (items: readonly (string | number)[]): string => items.join(', ');

export const resourceNames = 'https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules';
export const privateEndpoints = 'https://learn.microsoft.com/azure/private-link/private-endpoint-overview';
