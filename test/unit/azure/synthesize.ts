import { App, Testing } from 'cdktf';
import { type AzureEstate, azureEstateOf } from '../../../lib/estate/azure-estate';
import { type AzureSettings, type AzureSettingsInput, azureSettingsSchema } from '../../../lib/estate/azure-settings';
import { type HybridSettingsInput, hybridSettingsSchema } from '../../../lib/estate/hybrid-settings';
import type { TerraformJson } from '../../../lib/policy/azure-terraform';
import { AzureStack } from '../../../stacks-azure/stack';

type Block = Readonly<Record<string, unknown>>;

/** Synthesized JSON with every resource by its address. */
export interface Synthesized extends TerraformJson {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly output: Readonly<Record<string, { readonly value: unknown; readonly description: string }>>;
  readonly terraform: Block;
  readonly variable?: Readonly<Record<string, Block>>;
  readonly import?: readonly Block[];
}

export const account = '317805897534';

export const settingsOf = (input: AzureSettingsInput = {}): AzureSettings => azureSettingsSchema.parse(input);

export const estateOf = (input: AzureSettingsInput = {}, hybrid: HybridSettingsInput = {}): AzureEstate =>
  azureEstateOf({ account, azure: settingsOf(input), hybrid: hybridSettingsSchema.parse(hybrid) });

export const stackOf = (input: AzureSettingsInput = {}, hybrid: HybridSettingsInput = {}): AzureStack =>
  new AzureStack(Testing.stubVersion(new App({ stackTraces: false })), 'huntaze-azure', {
    estate: estateOf(input, hybrid),
  });

export const synthesizeText = (input: AzureSettingsInput = {}, hybrid: HybridSettingsInput = {}): string =>
  Testing.synth(stackOf(input, hybrid), true);

export const synthesize = (input: AzureSettingsInput = {}, hybrid: HybridSettingsInput = {}): Synthesized =>
  JSON.parse(synthesizeText(input, hybrid));

/** Every resource as `type.id` and its block. */
export const resourcesOf = ({ resource }: Synthesized): readonly (readonly [address: string, block: Block])[] =>
  Object.entries(resource).flatMap(([type, byId]) =>
    Object.entries(byId).map(([id, block]) => [`${type}.${id}`, block] as const),
  );

/** What AWS gives when outbound federation is switched on. */
export const federated = {
  identity: { issuer: 'https://00000000-1111-2222-3333-444444444444.tokens.sts.global.api.aws' },
} as const satisfies HybridSettingsInput;

const probeRole = 'huntaze-azure-probe-role';
const gatewayAddresses = ['203.0.113.10', '203.0.113.11'];
const tunnelAddresses = ['198.51.100.1', '198.51.100.2', '198.51.100.3', '198.51.100.4'];
const routeTableIds = ['rtb-0123456789abcdef0'];

/** The link at each stage, with what is known by then. */
export const links = {
  gateway: { stage: 'gateway' },
  'gateway with addresses': { stage: 'gateway', gatewayAddresses, routeTableIds },
  connected: { stage: 'connected', gatewayAddresses, tunnelAddresses, routeTableIds },
  verified: { stage: 'verified', gatewayAddresses, tunnelAddresses, routeTableIds, endpointAddress: '10.60.0.4' },
} as const satisfies Record<string, NonNullable<NonNullable<AzureSettingsInput['connectivity']>['link']>>;

/** Settings under which public access closes by itself: the probe stands outside the VPC and is given up. */
export const closed = {
  connectivity: { link: links.verified, cutOffCallers: [probeRole] },
} as const satisfies AzureSettingsInput;

/** Both tiers on models that are alive. */
export const successors = {
  tiers: {
    premium: { model: 'gpt-5.1', version: '2025-11-13' },
    standard: { model: 'gpt-5-mini', version: '2025-08-07' },
  },
  acknowledgedRetiredModels: [],
} satisfies AzureSettingsInput;

export const secondRegion = {
  secondRegion: {
    location: 'swedencentral',
    accountName: 'huntaze-ai-api-sweden',
    subdomain: 'huntaze-ai-api-sweden',
    tiers: { premium: { capacity: 50 } },
  },
} satisfies AzureSettingsInput;

export const ownFilter = {
  contentFilter: { policy: 'own', sexual: { prompt: 'High', completion: 'High' } },
} as const satisfies AzureSettingsInput;

export const remoteState = {
  backend: { kind: 'azurerm', resourceGroupName: 'huntaze-tfstate-rg', storageAccountName: 'huntazetfstate' },
} as const satisfies AzureSettingsInput;
