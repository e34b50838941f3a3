import { type AzureEstate, cutOff, publicAccessOf, reachOf } from '../estate/azure-estate';
import { hasReached, linkKeySecret } from '../estate/azure-link';
import { azureHost, azureRegions, regionNames, tiers } from '../estate/azure-settings';
import { connectivityRules } from './azure-rules/connectivity';
import { modelRules, modelUses } from './azure-rules/models';
import { nameRules } from './azure-rules/names';
import { networkRules } from './azure-rules/network';
import { operationRules } from './azure-rules/operations';
import { list, type SettingsRule } from './azure-rules/rule';
import { checkModels, findModel } from './models';
import { reviewDate } from './review-date';

export { modelUses } from './azure-rules/models';

/**
 * What the provider lets through at validate and at plan alike (azurerm 4.55.0), or says only once the subscription is
 * asked. One entry, one rule.
 */
const rules: readonly SettingsRule[] = [
  ...nameRules,
  ...modelRules,
  ...networkRules,
  ...connectivityRules,
  ...operationRules,
];

/**
 * Every rule that the settings break, each as one sentence that names the setting, the value and the remedy.
 *
 * @param today ISO date that model lifecycles and dates are compared with
 * @returns an empty list when all is well
 */
export function validateAzureSettings(estate: AzureEstate, today: string = reviewDate): readonly string[] {
  return rules.flatMap((rule) => rule.check(estate, today).map((message) => `${message} Rule: ${rule.source}`));
}

/** @throws with every violation at once, see {@link validateAzureSettings} */
export function assertAzureSettings(estate: AzureEstate, today: string = reviewDate): void {
  const problems = validateAzureSettings(estate, today);
  if (problems.length > 0) {
    throw new Error(
      `The Azure settings break ${problems.length} rule(s):\n${problems.map((p) => `- ${p}`).join('\n')}`,
    );
  }
}

/**
 * Holds a pipeline's apply to models that are alive, acknowledged or not: an acknowledgement lets a retired model be
 * modelled and planned, but Azure refuses to deploy it.
 *
 * @param today ISO date; a pipeline passes the day on which it runs
 * @throws naming each retired model and its successor
 */
export function assertDeployableModels(estate: Pick<AzureEstate, 'settings'>, today: string): void {
  const retired = checkModels(modelUses(estate), today).filter(({ severity }) => severity === 'retired');
  if (retired.length === 0) return;
  throw new Error(
    `Azure is not deployed: ${retired.length} model(s) are retired on ${today}.\n` +
      `${retired.map(({ message }) => `- ${message}`).join('\n')}\nSynth and plan still work.`,
  );
}

/**
 * What an operator must know although it breaks no rule: models at the end of their life, who reaches the endpoint,
 * what the next step of the bring-up is, quota that a new subscription lacks. Printed on every synth.
 */
export function azureNotices(estate: AzureEstate, today: string = reviewDate): readonly string[] {
  return [
    ...checkModels(modelUses(estate), today).map((finding) => finding.message),
    ...identityNotices(estate),
    ...reachNotices(estate),
    ...linkNotices(estate),
    ...quotaNotices(estate),
  ];
}

function identityNotices({ issuer }: AzureEstate): readonly string[] {
  return issuer === undefined
    ? [
        'No AWS role can call yet: hybrid.identity.issuer is not set, so the identity of the callers trusts nobody. ' +
          'Switch outbound federation on (estate hybrid federation --enable) and set the issuer that it prints.',
      ]
    : [];
}

function reachNotices(estate: AzureEstate): readonly string[] {
  const { settings, callers } = estate;
  const { link, privateEndpoint } = settings.connectivity;
  const mode = publicAccessOf(estate);
  const hosts = list(azureRegions(settings).map(azureHost));
  const endpoints = list(azureRegions(settings).map((region) => regionNames(settings, region).privateEndpoint));
  const outOfReach =
    privateEndpoint && !hasReached(link.stage, 'verified')
      ? ` The private endpoint ${endpoints} stays out of reach from AWS until a site-to-site link is verified ` +
        `(azure.connectivity.link.stage is ${link.stage}).`
      : '';
  const shutOut = cutOff(estate, mode === 'identity' ? 'off' : mode);
  switch (mode) {
    case 'identity': {
      const blocked =
        hasReached(link.stage, 'verified') && shutOut.length > 0
          ? ` The link is verified, yet public access does not close, because that would cut off ` +
            `${list(shutOut.map(({ name }) => name))}: give them a way in, or name their roles in ` +
            'azure.connectivity.cutOffCallers.'
          : '';
      return [
        `AWS reaches ${hosts} only through its public address, which anybody may call: keys are off, so only an Entra ` +
          `identity with a role on the account gets an answer (azure.connectivity.publicAccess is identity).${outOfReach}${blocked}`,
      ];
    }
    case 'allow-list':
      return [
        `${hosts} answers only the addresses in azure.connectivity.allowedAddresses. Lambda functions outside a VPC and ` +
          'Fargate tasks with public addresses have no fixed address. Shut out: ' +
          `${list(shutOut.map(({ name }) => name)) || 'no caller that is known'}.${outOfReach}`,
      ];
    case 'off':
      return callers
        .filter((caller) => !reachOf(caller, settings, 'off').reaches)
        .map(
          ({ name, role }) =>
            `${name} cannot call Azure while public access is off; azure.connectivity.cutOffCallers names ${role}.`,
        );
  }
}

/** What brings the link one step on. */
function linkNotices({ settings }: AzureEstate): readonly string[] {
  const { stage, gatewayAddresses, tunnelAddresses } = settings.connectivity.link;
  if (stage !== 'gateway') return [];
  if (gatewayAddresses.length === 0) {
    return [
      `The link waits for AWS: put its key into the secret ${linkKeySecret}, and set ` +
        'azure.connectivity.link.gatewayAddresses and routeTableIds.',
    ];
  }
  return tunnelAddresses.length === 0
    ? [
        'The link waits for Azure: run estate hybrid tunnels once AWS is deployed, set ' +
          'azure.connectivity.link.tunnelAddresses, and the stage to connected.',
      ]
    : [];
}

function quotaNotices({ settings }: AzureEstate): readonly string[] {
  return azureRegions(settings).flatMap((region) =>
    tiers.flatMap((tier) => {
      const { model, version, skuName, capacity } = region.tiers[tier];
      const quota = findModel(model, version)?.quota[skuName];
      return quota && capacity > quota.initial
        ? [
            `${region.setting}.tiers.${tier}.capacity is ${capacity}, and a subscription starts with ${quota.initial} ` +
              `for ${model} as ${skuName}: apply fails until Microsoft has raised the quota.`,
          ]
        : [];
    }),
  );
}
