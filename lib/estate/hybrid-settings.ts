import { z } from 'zod';

/** Providers of today, which answer for whoever is not on Azure, and when Azure does not. Audit, section 7. */
export const fallbackProviders = ['gemini', 'openai', 'claude'] as const;
export type FallbackProvider = (typeof fallbackProviders)[number];

/** Per cent of the callers' subjects that Azure serves, stage by stage. */
const rolloutStages = [0, 10, 50, 100] as const;

/** Where a caller opens its connections from; it decides which kind of public access lets it in. */
export const callerNetworks = [
  /** A function outside any VPC: the internet, from an address that changes. */
  'outside-vpc',
  /** A task or instance with a public address of its own, which changes with it. */
  'public-address',
  /** Behind a NAT gateway: the internet, from one fixed address. */
  'nat',
  /** In a VPC with no way to the internet: Azure over the link only, and no way to Entra. */
  'private',
] as const;
export type CallerNetwork = (typeof callerNetworks)[number];

/**
 * Models of the providers of today, by tier: those that the application's router and services named on 1 December 2025
 * (`llm-router.ts`, `gemini.service.ts`). Their makers withdraw them as Azure does: a successor is one setting.
 */
export const modelsOfToday = {
  gemini: { premium: 'gemini-1.5-pro', standard: 'gemini-2.0-flash' },
  openai: { premium: 'gpt-4o', standard: 'gpt-4o-mini' },
  claude: { premium: 'claude-3-5-sonnet-20241022', standard: 'claude-3-haiku-20240307' },
} as const satisfies Record<FallbackProvider, { premium: string; standard: string }>;

const modelsSchema = (provider: FallbackProvider) =>
  z
    .strictObject({
      premium: z.string().min(1).default(modelsOfToday[provider].premium),
      standard: z.string().min(1).default(modelsOfToday[provider].standard),
    })
    .prefault({});

/** Name of an IAM role: IAM API reference, CreateRole. */
const roleName = z.string().regex(/^[\w+=,.@-]{1,64}$/, 'name of an IAM role, not its ARN');

/** The hybrid part of an account's settings file: who calls Azure, as whom, for how many, and what when it fails. */
export const hybridSettingsSchema = z
  .strictObject({
    /** Kill switch. `false` sends everybody to the providers of today, whatever the percentage. */
    enabled: z.boolean().default(false),
    /** 0 at first, then 10 for 24 h, 50 for 48 h, 100. */
    rolloutPercentage: z
      .union(
        rolloutStages.map((stage) => z.literal(stage)),
        { error: `a stage of the rollout: ${rolloutStages.join(', ')}` },
      )
      .default(0),
    /** Providers in the order in which they are asked; at least one, each once. */
    fallbackOrder: z
      .array(z.enum(fallbackProviders))
      .min(1, 'without a provider a rollback has nowhere to go')
      .refine((order) => new Set(order).size === order.length, 'names a provider twice')
      .default([...fallbackProviders]),
    /** Models that the providers of today answer with. */
    fallbackModels: z
      .strictObject({
        gemini: modelsSchema('gemini'),
        openai: modelsSchema('openai'),
        claude: modelsSchema('claude'),
      })
      .prefault({}),
    /** Known once the Azure stack stands; its outputs name them. */
    identity: z
      .strictObject({
        /** Entra tenant of the subscription. */
        tenantId: z.guid().optional(),
        /** Client id of the user-assigned identity that the roles federate with. */
        clientId: z.guid().optional(),
        /** Issuer that AWS gave the account when outbound federation was switched on; Azure trusts it. */
        issuer: z.url({ protocol: /^https$/, error: 'an https URL, as `aws iam` prints it' }).optional(),
      })
      .prefault({}),
    /** Roles that call Azure beside the probe's and the summarizer's. */
    callers: z.array(z.strictObject({ role: roleName, network: z.enum(callerNetworks) })).default([]),
    /** USD. */
    budgets: z
      .strictObject({
        daily: z.number().positive().default(100),
        weekly: z.number().positive().default(500),
        /** Azure's own budget; the two others are alarms on the callers' cost metric, since Azure knows no shorter period. */
        monthly: z.number().positive().default(2000),
      })
      .prefault({}),
  })
  .superRefine(({ enabled, identity }, context) => {
    for (const key of ['tenantId', 'clientId'] as const) {
      if (!enabled || identity[key] !== undefined) continue;
      context.addIssue({
        code: 'custom',
        path: ['identity', key],
        message: 'callers get no token without it: set it from the outputs of the Azure stack, or enabled to false',
      });
    }
  });

export type HybridSettings = z.output<typeof hybridSettingsSchema>;
export type HybridSettingsInput = z.input<typeof hybridSettingsSchema>;
