import { hybridCallers, hybridNames, hybridParameterValues } from '../../../lib/estate/hybrid';
import { type HybridSettingsInput, modelsOfToday } from '../../../lib/estate/hybrid-settings';
import { type AccountSettingsInput, auditedAccount, resolveSettings } from '../../../lib/estate/settings';
import { settingsFiles } from '../../../settings';

const audited = settingsFiles[auditedAccount] as AccountSettingsInput;
const resolve = (hybrid: HybridSettingsInput) => resolveSettings({ [auditedAccount]: { ...audited, hybrid } });
const tenantId = '11111111-2222-3333-4444-555555555555';
const clientId = '66666666-7777-8888-9999-000000000000';

test('minimal: nobody is on Azure until somebody says so', () => {
  expect(hybridParameterValues(resolve({}))).toEqual({
    AZURE_OPENAI_ENDPOINT: 'https://huntaze-ai-api.openai.azure.com/',
    AZURE_API_VERSION: '2024-10-21',
    AZURE_DEPLOYMENT_PREMIUM: 'gpt-4o',
    AZURE_DEPLOYMENT_STANDARD: 'gpt-4o-mini',
    ENABLE_AZURE_AI: 'false',
    AZURE_AI_ROLLOUT_PERCENTAGE: '0',
    AI_FALLBACK_ORDER: 'gemini,openai,claude',
    AI_FALLBACK_MODELS: JSON.stringify(modelsOfToday),
  });
});

test('maximum: every value has its parameter, and an added role is a caller', () => {
  const settings = resolve({
    enabled: true,
    rolloutPercentage: 50,
    fallbackOrder: ['claude', 'gemini'],
    identity: { tenantId, clientId, issuer: 'https://example.tokens.sts.global.api.aws' },
    callers: [{ role: 'ai-router-task', network: 'nat' }],
    budgets: { daily: 10, weekly: 50, monthly: 200 },
  });
  const values = hybridParameterValues(settings);
  expect(Object.keys(values).sort()).toEqual(Object.values(hybridNames).sort());
  expect(values).toMatchObject({ AZURE_AI_ROLLOUT_PERCENTAGE: '50', AI_FALLBACK_ORDER: 'claude,gemini' });
  expect(hybridCallers(settings.hybrid).map(({ role }) => role)).toEqual([
    'huntaze-azure-probe-role',
    'ecsTaskRole-ai-summarizer-use1',
    'ai-router-task',
  ]);
});

describe('throws when', () => {
  test.each<[string, unknown, string]>([
    ['the percentage is no stage', { rolloutPercentage: 25 }, 'hybrid.rolloutPercentage: a stage of the rollout'],
    ['no provider is left', { fallbackOrder: [] }, 'hybrid.fallbackOrder: without a provider a rollback has nowhere'],
    ['a provider is named twice', { fallbackOrder: ['claude', 'claude'] }, 'hybrid.fallbackOrder: names a provider'],
    ['a provider is unknown', { fallbackOrder: ['mistral'] }, 'hybrid.fallbackOrder.0: Invalid option'],
    ['Azure is on without an identity', { enabled: true }, 'hybrid.identity.tenantId: callers get no token without it'],
    ['a caller is an ARN', { callers: [{ role: 'arn:aws:iam::1:role/x', network: 'nat' }] }, 'not its ARN, got: "arn'],
    ['the issuer is plain http', { identity: { issuer: 'http://a.test' } }, 'hybrid.identity.issuer: an https URL'],
    ['a budget is nothing', { budgets: { daily: 0 } }, 'hybrid.budgets.daily: Too small'],
  ])('%s', (_, hybrid, message) => {
    expect(() => resolve(hybrid as HybridSettingsInput)).toThrow(message);
  });
});
