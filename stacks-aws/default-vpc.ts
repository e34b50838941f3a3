import type { AccountSettings } from '../lib/estate/settings';

/**
 * Ids of the default VPC's subnets in the given zones, in that order.
 *
 * @throws for a zone that the settings do not know
 */
export function defaultSubnetIds(
  settings: Pick<AccountSettings, 'account' | 'network'>,
  zones: readonly string[],
): string[] {
  return zones.map((zone) => {
    const subnet = settings.network.defaultSubnets[zone];
    if (subnet === undefined) {
      throw new Error(
        `Default VPC has no subnet in the settings for zone, got: ${zone}. Add it to network.defaultSubnets in settings/${settings.account}.ts.`,
      );
    }
    return subnet;
  });
}
