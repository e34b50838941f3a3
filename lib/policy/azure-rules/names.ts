import { credentialName } from '../../estate/azure-estate';
import { type AzureRegion, azureRegions, deploymentName, tiers } from '../../estate/azure-settings';
import { list, ok, resourceNames, type SettingsRule, unless } from './rule';

const region = /^[a-z]+[a-z0-9]*$/;

const perRegion =
  (check: (region: AzureRegion) => readonly string[]): SettingsRule['check'] =>
  ({ settings }) =>
    azureRegions(settings).flatMap(check);

/** Names: each service has its own alphabet, and most refusals come only at apply. */
export const nameRules: readonly SettingsRule[] = [
  {
    source: resourceNames,
    check: perRegion(({ location, setting }) =>
      unless(
        region.test(location),
        `${setting}.location is no region name, got: ${location}. Write it in small letters without spaces, for example eastus2.`,
      ),
    ),
  },
  {
    source: resourceNames,
    check: ({ settings: { namePrefix } }) =>
      unless(
        /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(namePrefix),
        `azure.namePrefix does not fit every name made from it, got: ${namePrefix}. ` +
          'Use 1 to 40 small letters, digits and hyphens, from a letter to a letter or digit.',
      ),
  },
  {
    source: resourceNames,
    check: perRegion(({ accountName, setting }) =>
      unless(
        /^[a-zA-Z0-9][a-zA-Z0-9-]{0,62}[a-zA-Z0-9]$/.test(accountName),
        `${setting}.accountName is no account name, got: ${accountName}. ` +
          'Use 2 to 64 letters, digits and hyphens, with no hyphen at either end.',
      ),
    ),
  },
  {
    source: 'https://learn.microsoft.com/azure/ai-services/cognitive-services-custom-subdomains',
    check: perRegion(({ subdomain, setting }) =>
      unless(
        /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/.test(subdomain),
        `${setting}.subdomain is no host name label, got: ${subdomain}. ` +
          'Use 2 to 63 small letters, digits and hyphens, with no hyphen at either end.',
      ),
    ),
  },
  {
    source: resourceNames,
    check: ({ settings }) => {
      const { secondRegion: second } = settings;
      if (!second) return ok;
      return (['location', 'accountName', 'subdomain'] as const).flatMap((key) =>
        unless(
          second[key].toLowerCase() !== settings[key].toLowerCase(),
          `azure.secondRegion.${key} is that of the first account, got: ${second[key]}. Choose another.`,
        ),
      );
    },
  },
  {
    source: 'https://learn.microsoft.com/azure/ai-services/openai/api-version-deprecation',
    check: ({ settings: { apiVersion } }) =>
      unless(
        /^\d{4}-\d{2}-\d{2}(-preview)?$/.test(apiVersion),
        `azure.apiVersion is no dated API version, got: ${apiVersion}. Write year-month-day, with -preview or without.`,
      ),
  },
  {
    source: resourceNames,
    check: ({ settings }) =>
      tiers.flatMap((tier) => {
        const name = deploymentName(settings, tier);
        return unless(
          /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}[a-zA-Z0-9]$/.test(name),
          `azure.tiers.${tier}.deploymentName is no deployment name, got: ${name}. ` +
            'Use 2 to 64 letters, digits, dots, underscores and hyphens, from a letter or digit to a letter or digit.',
        );
      }),
  },
  {
    source: resourceNames,
    check: ({ settings }) => {
      const [premium, standard] = [deploymentName(settings, 'premium'), deploymentName(settings, 'standard')];
      return unless(
        premium.toLowerCase() !== standard.toLowerCase(),
        `azure.tiers.premium and azure.tiers.standard have one deployment name between them, got: ${premium}. ` +
          'Set azure.tiers.standard.deploymentName to another.',
      );
    },
  },
  {
    source: resourceNames,
    check: ({ settings: { contentFilter } }) =>
      contentFilter.policy === 'own'
        ? [
            ...unless(
              /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,63}$/.test(contentFilter.name),
              `azure.contentFilter.name is no policy name, got: ${contentFilter.name}. ` +
                'Use 2 to 64 letters, digits, dots, underscores and hyphens.',
            ),
            ...unless(
              !/^microsoft\./i.test(contentFilter.name),
              `azure.contentFilter.name is kept for Microsoft's own policies, got: ${contentFilter.name}. Choose another.`,
            ),
          ]
        : ok,
  },
  {
    source: resourceNames,
    check: ({ settings: { backend } }) =>
      backend.kind === 'azurerm'
        ? [
            ...unless(
              /^[a-z0-9]{3,24}$/.test(backend.storageAccountName),
              `azure.backend.storageAccountName is no storage account name, got: ${backend.storageAccountName}. ` +
                'Use 3 to 24 small letters and digits; the name is unique in all of Azure.',
            ),
            ...unless(
              /^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(backend.containerName),
              `azure.backend.containerName is no container name, got: ${backend.containerName}. ` +
                'Use 3 to 63 small letters, digits and single hyphens.',
            ),
            ...unless(
              /^[\w./-]{1,1024}$/.test(backend.key) && !/(^|\/)\.|\/$|^\//.test(backend.key),
              `azure.backend.key is no blob name that Terraform can keep its state under, got: ${backend.key}. ` +
                'Use letters, digits, dots and hyphens, for example huntaze-azure.tfstate.',
            ),
          ]
        : ok,
  },
  {
    source: 'https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources',
    check: ({ settings: { tags } }) => [
      ...unless(
        Object.keys(tags).length <= 50,
        `azure.tags has too many entries, got: ${Object.keys(tags).length}. A resource takes 50.`,
      ),
      ...Object.entries(tags)
        .filter(([name, value]) => !/^[^<>%&\\?/]{1,512}$/.test(name) || value.length > 256)
        .map(
          ([name, value]) =>
            `azure.tags has an entry that Azure refuses, got: ${name}=${value}. ` +
            'A name has 1 to 512 characters, none of < > % & \\ ? /; a value has at most 256.',
        ),
    ],
  },
  {
    source: 'https://developer.hashicorp.com/terraform/language/import',
    check: ({ settings: { importFrom } }) =>
      Object.entries(importFrom).flatMap(([address, id]) =>
        unless(
          /^\/subscriptions\/[0-9a-f-]{36}\/.+/i.test(id),
          `azure.importFrom['${address}'] is no Azure resource id, got: ${id}. ` +
            'Copy it from the portal: it begins with /subscriptions/ and the id of the subscription.',
        ),
      ),
  },
  {
    source: 'https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations',
    check: ({ callers }) => [
      ...unless(
        callers.length <= 20,
        `hybrid.callers makes too many roles, got: ${callers.length}. One identity trusts 20; let callers share a role.`,
      ),
      ...unless(
        new Set(callers.map((caller) => credentialName(caller).toLowerCase())).size === callers.length,
        `hybrid.callers names a role twice, or two that give one name on Azure, got: ` +
          `${list(callers.map(({ role }) => role))}. Name each once.`,
      ),
    ],
  },
];
