import { type Block, blocks, show } from './check';

const source = 'https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs';

/** Blocks of `features` that must turn a default round, and what the default would do. */
const features: readonly {
  readonly block: string;
  readonly key: string;
  readonly value: boolean;
  readonly why: string;
}[] = [
  {
    block: 'cognitive_account',
    key: 'purge_soft_delete_on_destroy',
    value: false,
    why: 'by default a destroyed account cannot be recovered',
  },
  {
    block: 'log_analytics_workspace',
    key: 'permanently_delete_on_destroy',
    value: false,
    why: 'a destroyed workspace must stay recoverable for 14 days',
  },
  {
    block: 'resource_group',
    key: 'prevent_deletion_if_contains_resources',
    value: true,
    why: 'a group must not take with it what no state knows',
  },
];

/** Defaults of the provider that would lose something, or write where one only wants to look. */
export function checkProvider(provider: Block): readonly string[] {
  const wrongFeatures = features.flatMap(({ block, key, value, why }) => {
    const found = blocks(provider.features).flatMap((all) => blocks(all[block]));
    return found.length > 0 && found.every((settings) => settings[key] === value)
      ? []
      : [
          `provider.azurerm: features.${block}.${key} must be ${value} (${why}), got: ${show(provider.features)}. ` +
            `Rule: ${source}/guides/features-block`,
        ];
  });
  return provider.resource_provider_registrations === 'none'
    ? wrongFeatures
    : [
        'provider.azurerm: resource_provider_registrations must be none (by default a plan writes to the ' +
          `subscription), got: ${show(provider.resource_provider_registrations)}. Rule: ${source}`,
        ...wrongFeatures,
      ];
}
