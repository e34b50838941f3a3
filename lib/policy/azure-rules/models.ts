import type { AzureEstate } from '../../estate/azure-estate';
import { azureRegions, tiers } from '../../estate/azure-settings';
import { checkModels, findModel, type ModelUse, modelId, modelVersions } from '../models';
import { list, ok, type SettingsRule, unless } from './rule';

/** The model uses of the settings, each with the path of its setting. A second region has those of the first. */
export const modelUses = ({ settings }: Pick<AzureEstate, 'settings'>): readonly ModelUse[] =>
  tiers.map((tier) => ({
    setting: `azure.tiers.${tier}`,
    model: settings.tiers[tier].model,
    version: settings.tiers[tier].version,
  }));

/** Models: which exist, how much of one a subscription can have, and that a retired one is a decision. */
export const modelRules: readonly SettingsRule[] = [
  {
    source: 'lib/policy/models.ts',
    check: (estate) =>
      modelUses(estate).flatMap(({ setting, model, version }) => {
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
    check: ({ settings }) =>
      azureRegions(settings).flatMap((region) =>
        tiers.flatMap((tier) => {
          const { model, version, skuName, capacity } = region.tiers[tier];
          const known = findModel(model, version);
          if (!known) return ok;
          const setting = `${region.setting}.tiers.${tier}`;
          const quota = known.quota[skuName];
          if (!quota) {
            return [
              `${setting}.skuName has no known quota for ${modelId(known)}, got: ${skuName}. ` +
                `Choose one of: ${list(Object.keys(known.quota))}.`,
            ];
          }
          return unless(
            Number.isInteger(capacity) && capacity >= 1 && capacity <= quota.highest,
            `${setting}.capacity is out of range for ${modelId(known)} as ${skuName}, got: ${capacity}. ` +
              `Give thousands of tokens per minute, 1 to ${quota.highest}.`,
          );
        }),
      ),
  },
  {
    source: 'https://learn.microsoft.com/azure/foundry/openai/concepts/model-retirements',
    check: (estate, today) =>
      checkModels(modelUses(estate), today)
        .filter((finding) => finding.severity === 'retired')
        .filter((finding) => !estate.settings.acknowledgedRetiredModels.includes(modelId(finding)))
        .map(
          (finding) =>
            `${finding.message} Or add "${modelId(finding)}" to azure.acknowledgedRetiredModels to model it all the same.`,
        ),
  },
  {
    source: 'lib/policy/models.ts',
    check: ({ settings: { acknowledgedRetiredModels } }) =>
      acknowledgedRetiredModels
        .filter((id) => !modelVersions.some((row) => modelId(row) === id))
        .map(
          (id) =>
            `azure.acknowledgedRetiredModels names no model version of the table, got: ${id}. ` +
            'Write model and version with one space between, for example "gpt-4o 2024-11-20".',
        ),
  },
];
