import { type AzureSettings, azureEndpoint, azureSettingsOf, deploymentName } from './azure-settings';
import { type Evidence, evidence, proposed } from './evidence';
import type { CallerNetwork, FallbackProvider, HybridSettings } from './hybrid-settings';
import { stackParameterName } from './published';

/**
 * Names that both clouds, the alarms and the callers share. No value here is secret.
 *
 * Sources, where no other is given: `lib/ai/azure/*.service.ts` and the guides of 1 December 2025 for names and
 * figures, the rollout design of 5 December 2025 for stages and rollback.
 */

/** Stack that owns the parameters and the grants of the callers. */
export const hybridStack = 'azure-access';

/**
 * What a caller must know, by the name of its environment variable. Each is an SSM parameter of the same name below
 * {@link hybridParameterPath}; an environment variable that is set wins.
 */
export const hybridNames = {
  endpoint: 'AZURE_OPENAI_ENDPOINT',
  apiVersion: 'AZURE_API_VERSION',
  deploymentPremium: 'AZURE_DEPLOYMENT_PREMIUM',
  deploymentStandard: 'AZURE_DEPLOYMENT_STANDARD',
  tenantId: 'AZURE_TENANT_ID',
  clientId: 'AZURE_CLIENT_ID',
  /** Kill switch: `true` or `false`. */
  enabled: 'ENABLE_AZURE_AI',
  /** 0, 10, 50 or 100. */
  rolloutPercentage: 'AZURE_AI_ROLLOUT_PERCENTAGE',
  /** Providers of today, separated by commas, in the order in which they are asked. */
  fallbackOrder: 'AI_FALLBACK_ORDER',
  /** JSON: provider → tier → model. */
  fallbackModels: 'AI_FALLBACK_MODELS',
} as const;

export type HybridName = (typeof hybridNames)[keyof typeof hybridNames];

/** Path of the parameters, with the slash at its end. */
export const hybridParameterPath = stackParameterName(hybridStack, '');

/**
 * Latch of the automatic rollback. A caller that measures a breach writes it, every caller reads it, a person deletes
 * it. No template creates it: its existence is the state, so that a deploy neither sets nor clears it.
 */
export const rollbackParameterName = stackParameterName(hybridStack, 'rollback');

/** Environment variable with {@link hybridParameterPath}, for a process that reads the settings at run time. */
export const hybridPathVariable = 'HYBRID_SETTINGS_PATH';

/** Tests and the rehearsal point a caller at a local Entra with it. @default https://login.microsoftonline.com */
export const authorityVariable = 'AZURE_AUTHORITY_HOST';

/** The parameters that the stack writes. Values that are not known yet have no parameter, and the callers say so. */
export function hybridParameterValues(account: {
  readonly namePrefix?: string | undefined;
  readonly azure: AzureSettings;
  readonly hybrid: HybridSettings;
}): Partial<Record<HybridName, string>> {
  const azure = azureSettingsOf(account);
  const { enabled, rolloutPercentage, fallbackOrder, fallbackModels, identity } = account.hybrid;
  return {
    [hybridNames.endpoint]: azureEndpoint(azure),
    [hybridNames.apiVersion]: azure.apiVersion,
    [hybridNames.deploymentPremium]: deploymentName(azure, 'premium'),
    [hybridNames.deploymentStandard]: deploymentName(azure, 'standard'),
    ...(identity.tenantId && { [hybridNames.tenantId]: identity.tenantId }),
    ...(identity.clientId && { [hybridNames.clientId]: identity.clientId }),
    [hybridNames.enabled]: String(enabled),
    [hybridNames.rolloutPercentage]: String(rolloutPercentage),
    [hybridNames.fallbackOrder]: fallbackOrder.join(','),
    [hybridNames.fallbackModels]: JSON.stringify(fallbackModels),
  };
}

/** The keyless exchange. AWS signs a token for the role, Entra takes it as the client's assertion. */
export const tokenExchange = {
  /** The one audience that Entra admits. */
  audience: 'api://AzureADTokenExchange',
  /** Entra refuses ES384, the other algorithm that AWS knows. */
  signingAlgorithm: 'RS256',
  /** Seconds; AWS admits 60 to 3600. It is used within the second. */
  durationSeconds: 300,
  /** What the Entra token is for. */
  scope: 'https://cognitiveservices.azure.com/.default',
  authority: 'https://login.microsoftonline.com',
} as const;

/** A role that may get a token for Azure. Its name is pinned: the subject that Azure trusts is the role's ARN. */
export interface HybridCaller {
  readonly role: string;
  /** Function, task, or what the settings added. */
  readonly name: string;
  readonly network: CallerNetwork;
  readonly evidence: readonly Evidence[];
}

export const probeFunction = 'huntaze-azure-probe';
export const probeRole = 'huntaze-azure-probe-role';

const ownCallers: readonly HybridCaller[] = [
  {
    role: probeRole,
    name: probeFunction,
    network: 'outside-vpc',
    evidence: [proposed('it did not exist when the account was audited')],
  },
  {
    role: 'ecsTaskRole-ai-summarizer-use1',
    name: 'ai-summarizer',
    network: 'public-address',
    evidence: [evidence('aiTeamTerraform', 'inferred', 'role and task; it had keys injected until now')],
  },
];

/** Every caller: the estate's own, then those that the settings add. */
export const hybridCallers = ({ callers }: Pick<HybridSettings, 'callers'>): readonly HybridCaller[] => [
  ...ownCallers,
  ...callers.map(({ role, network }) => ({ role, name: role, network, evidence: [proposed('settings file')] })),
];

/** ARN of a caller's role, which is the subject of its token. */
export const callerSubject = (account: string, { role }: Pick<HybridCaller, 'role'>): string =>
  `arn:aws:iam::${account}:role/${role}`;

/** Secrets with the keys of the providers of today: the key is the secret's whole value. */
export const providerKeySecrets: Readonly<Record<FallbackProvider, string>> = {
  gemini: 'huntaze/ai/gemini-api-key',
  openai: 'huntaze/ai/openai-api-key',
  claude: 'huntaze/ai/claude-api-key',
};

/** What every caller's role may do beside getting its token. The stack of {@link hybridStack} grants all of it. */
export const callerGrants = {
  /** On {@link hybridParameterPath} and what is below it. */
  readSettings: ['ssm:GetParametersByPath'],
  /** On {@link rollbackParameterName}. */
  latchRollback: ['ssm:PutParameter'],
  /** On {@link providerKeySecrets}. */
  readProviderKeys: ['secretsmanager:GetSecretValue'],
} as const;

/** The rollout: evidence `canary` and `canary.rb`. */
export const rollout = {
  /** Per cent of the subjects, and hours that a stage must be healthy before a person sets the next. */
  stages: [
    { percentage: 10, healthyHours: 24 },
    { percentage: 50, healthyHours: 48 },
    { percentage: 100, healthyHours: undefined },
  ],
  /** Either one rolls back to the providers of today. */
  rollback: {
    /** Share of failed calls. */
    errorRate: 0.05,
    /** Milliseconds. */
    p95: 5000,
    /** Seconds of calls that are judged. */
    windowSeconds: 30,
    /** Calls in the window below which nothing is judged: one failure of ten is no rate. */
    minimumCalls: 20,
  },
  /** Seconds for which a caller goes on with the settings that it read. */
  refreshSeconds: 15,
} as const;

/** Behaviour of one call: evidence `timeout`, `retry`, `cb`, `f.fallback`, `f.retry`. */
export const resilience = {
  /** Milliseconds for one attempt, from the request to the end of the answer. */
  timeout: 30_000,
  retries: 3,
  /** Milliseconds. */
  initialDelay: 1000,
  maximumDelay: 10_000,
  factor: 2,
  breaker: {
    consecutiveFailures: 5,
    /** Half of the last ten. */
    window: 10,
    failureShare: 0.5,
    /** Milliseconds. */
    openFor: 60_000,
    successesToClose: 2,
  },
  /** Milliseconds without a first byte, or spent on retries, after which the next provider is asked. */
  fallbackAfter: 5000,
} as const;

/** Metrics: names of evidence `metrics.all`; namespace and dimensions are ours. */
export const hybridMetrics = {
  namespace: 'Huntaze/AzureOpenAI',
  /** Milliseconds, one value per attempt: CloudWatch gives p50, p95 and p99. */
  latency: 'azure_openai_latency',
  /** 1 for a call that got an answer, 0 for one that did not: its average is the success rate. */
  success: 'azure_openai_success',
  /** 1 for a failed call, 0 for a good one: its average is the error rate. */
  errorRate: 'azure_openai_error_rate',
  promptTokens: 'azure_openai_prompt_tokens',
  completionTokens: 'azure_openai_completion_tokens',
  totalTokens: 'azure_openai_total_tokens',
  /** USD. */
  cost: 'azure_openai_cost',
  /** Answers 429. */
  throttles: 'azure_openai_rate_limit_hit',
  contentFilter: 'azure_openai_content_filter_trigger',
  /** 0 closed, 1 half open, 2 open. */
  breakerState: 'azure_openai_circuit_breaker_state',
  breakerTransition: 'azure_openai_circuit_breaker_transition',
  /** 1 when the probe got an answer from the deployment. */
  deploymentHealth: 'azure_openai_deployment_health',
  /** Milliseconds. */
  deploymentLatency: 'azure_openai_deployment_latency',
  /** Added: calls that another provider answered in Azure's place. */
  fallbacks: 'azure_openai_fallback',
  /** Added: per cent of the subjects on Azure, 0 while the kill switch or the rollback latch holds. */
  rolloutPercentage: 'azure_openai_rollout_percentage',
  /** Added: 1 while the rollback latch stands. */
  rolledBack: 'azure_openai_rolled_back',
} as const;

/**
 * Sets of dimensions under which every metric appears, so that one plain alarm finds its sum. Never a user, a prompt or
 * a correlation id: each value of a dimension is a metric that is paid for.
 */
export const hybridDimensions = {
  provider: 'provider',
  tier: 'tier',
  caller: 'caller',
  sets: [['provider'], ['provider', 'tier'], ['provider', 'tier', 'caller']],
} as const;

/** Objectives over 30 days: evidence `slo`; the burn rates are those of the Google SRE workbook, chapter 5. */
export const objectives = {
  /** Share of calls that get an answer. */
  availability: 0.999,
  /** Milliseconds. */
  p95: 3000,
  /** Share of failed calls that is an error of the service level, over 5 minutes. */
  errorRate: 0.01,
  burn: [
    /** 2 % of the month's error budget in an hour. */
    { name: 'fast', hours: 1, rate: 14.4 },
    /** 5 % of it in six hours. */
    { name: 'slow', hours: 6, rate: 6 },
  ],
} as const;

/** Shares of a budget at which somebody hears of it. Evidence `al.cost80` to `al.cost100`. */
export const budgetNotices = [0.8, 0.9, 1] as const;
