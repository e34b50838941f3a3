import { z } from 'zod';

/** Severity from which content of a category is blocked. `Low` blocks most, `High` least. */
export const severities = ['Low', 'Medium', 'High'] as const;
export type Severity = (typeof severities)[number];

/** Categories with a severity, in the spelling of the API. */
export const gradedFilters = { hate: 'Hate', sexual: 'Sexual', selfHarm: 'Selfharm', violence: 'Violence' } as const;
export type GradedFilter = keyof typeof gradedFilters;

/** Filters that know only on and off, and the side that each looks at. */
export const plainFilters = {
  jailbreak: { name: 'Jailbreak', source: 'Prompt' },
  protectedText: { name: 'Protected Material Text', source: 'Completion' },
  protectedCode: { name: 'Protected Material Code', source: 'Completion' },
} as const;

/**
 * Policy of Microsoft that a deployment gets when nobody chooses. It is written out, because the service answers with
 * it: left out, every plan would show it as a change.
 *
 * Source: https://learn.microsoft.com/azure/ai-foundry/openai/concepts/default-safety-policies
 */
export const microsoftDefaultPolicy = 'Microsoft.DefaultV2';

const threshold = z.enum(severities).default('Medium');
const bothSides = z.strictObject({ prompt: threshold, completion: threshold }).prefault({});

/**
 * What the deployments filter: Microsoft's default, or a policy of our own with one threshold per category and side.
 *
 * The platform hosts adult content, and whether the default suits it is the owner's to decide. Every customer may set
 * Low, Medium or High; to switch a filter off needs Microsoft's approval, so no setting does.
 * Source: https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter-configurability
 */
export const contentFilterSchema = z
  .discriminatedUnion('policy', [
    z.strictObject({ policy: z.literal('microsoft-default') }),
    z.strictObject({
      policy: z.literal('own'),
      name: z.string().default('huntaze-content-filter'),
      hate: bothSides,
      sexual: bothSides,
      selfHarm: bothSides,
      violence: bothSides,
    }),
  ])
  .default({ policy: 'microsoft-default' });

export type ContentFilterSettings = z.output<typeof contentFilterSchema>;

/** Name of the policy that deployments carry. */
export const contentFilterName = (settings: ContentFilterSettings): string =>
  settings.policy === 'own' ? settings.name : microsoftDefaultPolicy;
