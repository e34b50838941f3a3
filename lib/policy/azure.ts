import { type AzureSettings, azureNames, deploymentName, tiers } from '../estate/azure-settings';
import { defaultVpc, workerVpc } from '../estate/network';
import { type AddressRange, contains, overlaps, parseAddressRange, privateRanges } from './address-range';
import { checkModels, findModel, type ModelUse, modelId, modelVersions } from './models';
import { reviewDate } from './review-date';

/**
 * Diagnostic log categories of an Azure OpenAI account; none of them holds the text of a prompt or an answer.
 * Source: https://learn.microsoft.com/azure/azure-monitor/reference/supported-logs/microsoft-cognitiveservices-accounts-logs
 */
export const knownLogCategories: readonly string[] = ['Audit', 'AzureOpenAIRequestUsage', 'RequestResponse', 'Trace'];

/** Address blocks on the AWS side: a link can route an address to one side only. */
const awsRanges: readonly { readonly name: string; readonly cidr: string }[] = [defaultVpc, workerVpc];

/** The model uses of the settings, each with the path of its setting. */
export const modelUses = (settings: AzureSettings): readonly ModelUse[] =>
  tiers.map((tier) => ({
    setting: `azure.tiers.${tier}`,
    model: settings.tiers[tier].model,
    version: settings.tiers[tier].version,
  }));

interface Rule {
  /** Where the rule is written down, for whoever doubts it. */
  readonly source: string;
  readonly check: (settings: AzureSettings, today: string) => readonly string[];
}

const ok: readonly string[] = [];
const unless = (holds: boolean, message: string): readonly string[] => (holds ? ok : [message]);
const list = (items: readonly (string | number)[]): string => items.join(', ');

const resourceNames = 'https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules';
const privateEndpoints = 'https://learn.microsoft.com/azure/private-link/private-endpoint-overview';
const ipRules = 'https://learn.microsoft.com/azure/ai-services/cognitive-services-virtual-networks';

/**
 * What the provider lets through at validate and at plan alike (azurerm 4.55.0), or says only once the subscription is
 * asked. One entry, one rule.
 */
const rules: readonly Rule[] = [
  {
    source: resourceNames,
    check: ({ location }) =>
      unless(
        /^[a-z]+[a-z0-9]*$/.test(location),
        `azure.location is no region name, got: ${location}. Write it in small letters without spaces, for example eastus2.`,
      ),
  },
  {
    source: resourceNames,
    check: ({ namePrefix }) =>
      unless(
        /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(namePrefix),
        `azure.namePrefix does not fit every name made from it, got: ${namePrefix}. ` +
          'Use 1 to 40 small letters, digits and hyphens, from a letter to a letter or digit.',
      ),
  },
  {
    source: resourceNames,
    check: ({ accountName }) =>
      unless(
        /^[a-zA-Z0-9][a-zA-Z0-9-]{0,62}[a-zA-Z0-9]$/.test(accountName),
        `azure.accountName is no account name, got: ${accountName}. ` +
          'Use 2 to 64 letters, digits and hyphens, with no hyphen at either end.',
      ),
  },
  {
    source: 'https://learn.microsoft.com/azure/ai-services/cognitive-services-custom-subdomains',
    check: ({ subdomain }) =>
      unless(
        /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/.test(subdomain),
        `azure.subdomain is no host name label, got: ${subdomain}. ` +
          'Use 2 to 63 small letters, digits and hyphens, with no hyphen at either end.',
      ),
  },
  {
    source: 'https://learn.microsoft.com/azure/ai-services/openai/api-version-deprecation',
    check: ({ apiVersion }) =>
      unless(
        /^\d{4}-\d{2}-\d{2}(-preview)?$/.test(apiVersion),
        `azure.apiVersion is no dated API version, got: ${apiVersion}. Write year-month-day, with -preview or without.`,
      ),
  },
  {
    source: 'lib/policy/models.ts',
    check: (settings) =>
      modelUses(settings).flatMap(({ setting, model, version }) => {
        if (findModel(model, version)) return ok;
        const versions = modelVersions.filter((row) => row.model === model).map((row) => row.version);
        return versions.length > 0
          ? [`${setting}.version is unknown for ${model}, got: ${version}. Choose one of: ${list(versions)}.`]
          : [
              `${setting}.model is unknown, got: ${model}. Choose one of: ` +
                `${list([...new Set(modelVersions.map((row) => row.model))])}; or add its row to lib/policy/models.ts.`,
            ];
      }),
  },
  {
    source: 'https://learn.microsoft.com/azure/foundry/openai/quotas-limits',
    check: (settings) =>
      tiers.flatMap((tier) => {
        const { model, version, skuName, capacity } = settings.tiers[tier];
        const known = findModel(model, version);
        if (!known) return ok;
        const quota = known.quota[skuName];
        if (!quota) {
          return [
            `azure.tiers.${tier}.skuName has no known quota for ${modelId(known)}, got: ${skuName}. ` +
              `Choose one of: ${list(Object.keys(known.quota))}.`,
          ];
        }
        return unless(
          Number.isInteger(capacity) && capacity >= 1 && capacity <= quota.highest,
          `azure.tiers.${tier}.capacity is out of range for ${modelId(known)} as ${skuName}, got: ${capacity}. ` +
            `Give thousands of tokens per minute, 1 to ${quota.highest}.`,
        );
      }),
  },
  {
    source: 'https://learn.microsoft.com/azure/foundry/openai/concepts/model-retirements',
    check: (settings, today) =>
      checkModels(modelUses(settings), today)
        .filter((finding) => finding.severity === 'retired')
        .filter((finding) => !settings.acknowledgedRetiredModels.includes(modelId(finding)))
        .map(
          (finding) =>
            `${finding.message} Or add "${modelId(finding)}" to azure.acknowledgedRetiredModels to model it all the same.`,
        ),
  },
  {
    source: 'lib/policy/models.ts',
    check: ({ acknowledgedRetiredModels }) =>
      acknowledgedRetiredModels
        .filter((id) => !modelVersions.some((row) => modelId(row) === id))
        .map(
          (id) =>
            `azure.acknowledgedRetiredModels names no model version of the table, got: ${id}. ` +
            'Write model and version with one space between, for example "gpt-4o 2024-11-20".',
        ),
  },
  {
    source: resourceNames,
    check: (settings) =>
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
    check: (settings) => {
      const [premium, standard] = [deploymentName(settings, 'premium'), deploymentName(settings, 'standard')];
      return unless(
        premium.toLowerCase() !== standard.toLowerCase(),
        `azure.tiers.premium and azure.tiers.standard have one deployment name between them, got: ${premium}. ` +
          'Set azure.tiers.standard.deploymentName to another.',
      );
    },
  },
  {
    source: 'https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq',
    check: ({ network }) => {
      const space = parseAddressRange(network.addressSpace);
      const subnet = parseAddressRange(network.endpointSubnet);
      return [
        ...checkBlock('azure.network.addressSpace', network.addressSpace, space),
        ...checkBlock('azure.network.endpointSubnet', network.endpointSubnet, subnet),
        ...unless(
          !space || !subnet || contains(space, subnet),
          `azure.network.endpointSubnet lies outside azure.network.addressSpace, got: ${network.endpointSubnet} and ` +
            `${network.addressSpace}. Choose a block inside.`,
        ),
      ];
    },
  },
  {
    source: 'https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-vpn-faq',
    check: ({ network }) => {
      const space = parseAddressRange(network.addressSpace);
      return awsRanges.flatMap(({ name, cidr }) => {
        const aws = parseAddressRange(cidr);
        return unless(
          !space || !aws || !overlaps(space, aws),
          `azure.network.addressSpace overlaps with ${cidr} of ${name} on AWS, got: ${network.addressSpace}. ` +
            'Choose a private block that no VPC uses, or no link can ever route between them.',
        );
      });
    },
  },
  {
    source: ipRules,
    check: ({ connectivity: { publicAccess, allowedAddresses } }) =>
      publicAccess === 'allow-list'
        ? [
            ...unless(
              allowedAddresses.length > 0,
              'azure.connectivity.publicAccess is allow-list with no address, got: allowedAddresses []. List the ' +
                'fixed egress addresses of the callers in azure.connectivity.allowedAddresses, or choose identity.',
            ),
            ...unless(
              allowedAddresses.length <= 100,
              `azure.connectivity.allowedAddresses has too many entries, got: ${allowedAddresses.length}. ` +
                'An account takes 100; join neighbours into blocks.',
            ),
            ...allowedAddresses.flatMap(checkAllowedAddress),
          ]
        : unless(
            allowedAddresses.length === 0,
            `azure.connectivity.allowedAddresses has no effect while publicAccess is ${publicAccess}, got: ` +
              `${list(allowedAddresses)}. Choose allow-list, or remove them.`,
          ),
  },
  {
    source: privateEndpoints,
    check: ({ connectivity: { publicAccess, privateEndpoint, link, callersReachEntra } }) =>
      publicAccess === 'off'
        ? [
            ...unless(
              privateEndpoint,
              'azure.connectivity.publicAccess is off without a private endpoint, got: privateEndpoint false. ' +
                'Nobody could reach the account: set azure.connectivity.privateEndpoint to true.',
            ),
            ...unless(
              link.stage === 'verified',
              `azure.connectivity.publicAccess is off with no verified link to AWS, got: link.stage ${link.stage}. ` +
                'Keep identity until a call over the link has been proven, then set azure.connectivity.link.stage to verified.',
            ),
            ...unless(
              callersReachEntra,
              'azure.connectivity.publicAccess is off while callers may be cut off from their tokens, got: ' +
                "callersReachEntra false. Entra's token endpoint is public only: give every caller a NAT or a public " +
                'address, then set azure.connectivity.callersReachEntra to true.',
            ),
          ]
        : ok,
  },
  {
    source: privateEndpoints,
    check: ({ connectivity: { privateEndpoint, link } }) =>
      unless(
        privateEndpoint || link.stage === 'none',
        `azure.connectivity.link has nothing to lead to without a private endpoint, got: link.stage ${link.stage}. ` +
          'Set azure.connectivity.privateEndpoint to true, or the stage to none.',
      ),
  },
  {
    source: 'https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure',
    check: ({ monitoring: { logRetentionDays } }) =>
      unless(
        logRetentionDays >= 30 && logRetentionDays <= 730,
        `azure.monitoring.logRetentionDays is out of range, got: ${logRetentionDays}. Give 30 to 730 days.`,
      ),
  },
  {
    source: 'lib/policy/azure.ts, knownLogCategories',
    check: ({ monitoring: { logCategories } }) => [
      ...unless(
        logCategories.length > 0,
        `azure.monitoring.logCategories is empty, got: []. Name at least one of: ${list(knownLogCategories)}.`,
      ),
      ...logCategories
        .filter((category) => !knownLogCategories.includes(category))
        .map(
          (category) =>
            `azure.monitoring.logCategories has an unknown category, got: ${category}. ` +
            `Choose from: ${list(knownLogCategories)}.`,
        ),
      ...unless(
        new Set(logCategories).size === logCategories.length,
        `azure.monitoring.logCategories names a category twice, got: ${list(logCategories)}. Name each once.`,
      ),
    ],
  },
  {
    source: 'https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources',
    check: ({ tags }) => [
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
];

function checkBlock(setting: string, text: string, block: AddressRange | undefined): readonly string[] {
  if (!block) {
    return [`${setting} is no IPv4 block, got: ${text}. Write its first address and prefix, for example 10.60.0.0/22.`];
  }
  return unless(
    privateRanges.some((range) => contains(range, block)) && block.prefix <= 29,
    `${setting} is no private block of at least eight addresses, got: ${text}. Choose one of 10.0.0.0/8, ` +
      '172.16.0.0/12 or 192.168.0.0/16, prefix /29 or shorter.',
  );
}

function checkAllowedAddress(text: string): readonly string[] {
  const range = parseAddressRange(text);
  const single = !text.includes('/');
  return unless(
    range !== undefined &&
      !privateRanges.some((reserved) => overlaps(reserved, range)) &&
      (single || range.prefix <= 30),
    `azure.connectivity.allowedAddresses has an entry that Azure refuses, got: ${text}. Give a public IPv4 address, ` +
      'or a public block with prefix /30 or shorter.',
  );
}

/**
 * Every rule that the settings break, each as one sentence that names the setting, the value and the remedy.
 *
 * @param today ISO date that model lifecycles are compared with
 * @returns an empty list when all is well
 */
export function validateAzureSettings(settings: AzureSettings, today: string = reviewDate): readonly string[] {
  return rules.flatMap((rule) => rule.check(settings, today).map((message) => `${message} Rule: ${rule.source}`));
}

/** @throws with every violation at once, see {@link validateAzureSettings} */
export function assertAzureSettings(settings: AzureSettings, today: string = reviewDate): void {
  const problems = validateAzureSettings(settings, today);
  if (problems.length > 0) {
    throw new Error(
      `The Azure settings break ${problems.length} rule(s):\n${problems.map((p) => `- ${p}`).join('\n')}`,
    );
  }
}

/**
 * What an operator must know although it breaks no rule: models at the end of their life, who reaches the endpoint,
 * quota that a new subscription lacks. Printed on every synth.
 */
export function azureNotices(settings: AzureSettings, today: string = reviewDate): readonly string[] {
  return [
    ...checkModels(modelUses(settings), today).map((finding) => finding.message),
    ...reachNotices(settings),
    ...tiers.flatMap((tier) => {
      const { model, version, skuName, capacity } = settings.tiers[tier];
      const quota = findModel(model, version)?.quota[skuName];
      return quota && capacity > quota.initial
        ? [
            `azure.tiers.${tier}.capacity is ${capacity}, and a subscription starts with ${quota.initial} for ${model} ` +
              `as ${skuName}: apply fails until Microsoft has raised the quota.`,
          ]
        : [];
    }),
  ];
}

function reachNotices(settings: AzureSettings): readonly string[] {
  const { publicAccess, privateEndpoint, link } = settings.connectivity;
  const host = `${settings.subdomain}.openai.azure.com`;
  const outOfReach =
    privateEndpoint && link.stage !== 'verified'
      ? ` The private endpoint ${azureNames(settings).privateEndpoint} stays out of reach from AWS until a ` +
        `site-to-site link is verified (azure.connectivity.link.stage is ${link.stage}).`
      : '';
  switch (publicAccess) {
    case 'identity':
      return [
        `AWS reaches ${host} only through its public address, which anybody may call: keys are off, so only an Entra ` +
          `identity with a role on the account gets an answer (azure.connectivity.publicAccess is identity).${outOfReach}`,
      ];
    case 'allow-list':
      return [
        `${host} answers only the addresses in azure.connectivity.allowedAddresses. Lambda functions outside a VPC and ` +
          `Fargate tasks with public addresses have no fixed address: they are shut out.${outOfReach}`,
      ];
    case 'off':
      return [];
  }
}
