import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { packTree, textHash } from '../../../lib/delivery/archive';
import {
  type AzurePlan,
  applyAzure,
  assertSubscription,
  azurePlanSchema,
  planAzure,
  renderAzurePlan,
  stackFolder,
} from '../../../lib/delivery/azure';
import { DeliveryStore } from '../../../lib/delivery/store';
import { RefusedError } from '../../../lib/delivery/target';
import { synthesizedFile } from '../../../lib/delivery/terraform';
import { estateOf, successors } from '../../unit/azure/synthesize';
import { fakeTerraform, savedPlanText } from '../../unit/delivery/fake-terraform';

// Each test starts a program or two: a busy machine takes seconds.
jest.setTimeout(60_000);

const subscriptionId = '11111111-2222-4333-8444-555555555555';
const estate = estateOf({ subscriptionId, ...successors });
const commit = 'c'.repeat(40);
const today = '2026-01-15';
const planKey = (hash: string): string => `${hash}.tfplan`;

const scratch = mkdtempSync(join(tmpdir(), 'estate-azure-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** S3, as far as the store asks it. */
const s3 = mockClient(S3Client);
const stored = new Map<string, Buffer>();
beforeEach(() => {
  stored.clear();
  s3.reset();
  s3.on(PutObjectCommand).callsFake(({ Key, Body }) => {
    stored.set(Key, Body);
    return {};
  });
  s3.on(GetObjectCommand).callsFake(({ Key }) => {
    const bytes = stored.get(Key);
    if (bytes === undefined) throw new NoSuchKey({ message: 'none', $metadata: {} });
    return { Body: { transformToByteArray: async () => bytes } };
  });
});
const store = new DeliveryStore(new S3Client({}), { account: '111122223333', region: 'us-east-1' });

let archive: string;
let archiveHash: string;
beforeAll(async () => {
  const stack = join(scratch, 'tree', 'azure', 'stacks', 'huntaze-azure');
  mkdirSync(stack, { recursive: true });
  const backend = { azurerm: { storage_account_name: 'state' } };
  writeFileSync(join(stack, synthesizedFile), JSON.stringify({ terraform: { backend } }));
  archive = join(scratch, 'assembly.tgz');
  archiveHash = await packTree(join(scratch, 'tree'), archive);
});

const notes: string[] = [];
beforeEach(() => void notes.splice(0));

function world(how: Parameters<typeof fakeTerraform>[1] = {}, environment: NodeJS.ProcessEnv = {}) {
  const terraform = fakeTerraform(scratch, how);
  const env = { PATH: process.env.PATH, ARM_SUBSCRIPTION_ID: subscriptionId, ...environment };
  const options = {
    estate,
    store,
    archive,
    archiveHash,
    terraform: { binary: terraform.binary, env },
    note: (line: string) => void notes.push(line),
  };
  return { options, verbs: () => terraform.calls().map((call) => call.split(' ')[1]) };
}

describe('the subscription', () => {
  test('is told before it is judged, and may be written in capitals', () => {
    const said: string[] = [];
    expect(
      assertSubscription(estate, { ARM_SUBSCRIPTION_ID: subscriptionId.toUpperCase() }, (line) => void said.push(line)),
    ).toBe(subscriptionId);
    expect(said).toEqual([`Azure subscription ${subscriptionId.toUpperCase()}, region ${estate.settings.location}.`]);
  });

  test.each([
    [
      'another one',
      estate,
      { ARM_SUBSCRIPTION_ID: '99999999-2222-4333-8444-555555555555' },
      /for another subscription/,
    ],
    ['none', estate, {}, /for another subscription than the settings, got: \(none\)/],
    [
      'settings that name none',
      estateOf(),
      { ARM_SUBSCRIPTION_ID: subscriptionId },
      /Set it in the account’s settings/,
    ],
  ])('%s is refused', (_, settings, environment, message) => {
    expect(() => assertSubscription(settings, environment, () => {})).toThrow(RefusedError);
    expect(() => assertSubscription(settings, environment, () => {})).toThrow(message);
  });

  test('neither plan nor apply calls Terraform for another one', async () => {
    const { options, verbs } = world({}, { ARM_SUBSCRIPTION_ID: undefined });
    await expect(planAzure({ ...options, commit })).rejects.toThrow(RefusedError);
    await expect(applyAzure({ ...options, planText: '{}', approved: '', today })).rejects.toThrow(RefusedError);
    expect(verbs()).toEqual([]);
  });
});

describe('plan', () => {
  test('stores the saved plan and shows what it would change, and no value', async () => {
    const { options } = world();
    const plan = await planAzure({ ...options, commit });
    expect(plan.record).toEqual({
      schemaVersion: 1,
      subscription: subscriptionId,
      location: estate.settings.location,
      commit,
      assembly: archiveHash,
      plan: textHash(savedPlanText),
      changes: true,
      summary: {
        create: ['azurerm_cognitive_deployment.premium'],
        update: ['azurerm_monitor_metric_alert.errors'],
        replace: ['azurerm_private_endpoint.endpoint'],
        destroy: ['azurerm_dns_record.old'],
      },
      providerLock: null,
    });
    expect(plan.hash).toBe(textHash(plan.text));
    expect(azurePlanSchema.parse(JSON.parse(plan.text))).toEqual(plan.record);
    expect([...stored]).toEqual([[expect.stringContaining(planKey(plan.record.plan)), Buffer.from(savedPlanText)]]);
    expect(plan.text + plan.markdown + notes.join()).not.toContain('hunter2');
  });

  test('an archive with other bytes is refused', async () => {
    const { options, verbs } = world();
    await expect(planAzure({ ...options, archiveHash: 'f'.repeat(64), commit })).rejects.toThrow(/not the archive/);
    expect(verbs()).toEqual([]);
  });

  test('nothing of it stays on the machine, also when Terraform fails', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('estate-azure-'));
    await planAzure({ ...world().options, commit });
    await expect(planAzure({ ...world({ planCode: 1 }).options, commit })).rejects.toThrow(
      /terraform plan ended with 1/,
    );
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('estate-azure-'))).toEqual(before);
  });
});

describe('apply', () => {
  const planned = async (how: Parameters<typeof fakeTerraform>[1] = {}) => {
    const { text, hash } = await planAzure({ ...world(how).options, commit });
    return { planText: text, approved: hash, today };
  };
  const changed = (plan: { readonly planText: string }, change: Partial<AzurePlan>) => {
    const planText = JSON.stringify({ ...JSON.parse(plan.planText), ...change });
    return { planText, approved: textHash(planText), today };
  };

  test('applies the stored plan and plans once more: nothing is left', async () => {
    const plan = await planned();
    const { options, verbs } = world({ laterPlanCode: 0 });
    await expect(applyAzure({ ...options, ...plan })).resolves.toBeUndefined();
    expect(verbs()).toEqual(['init', 'apply', 'init', 'plan', 'show', 'show']);
  });

  test('tells what is left to change after it', async () => {
    const plan = await planned();
    await expect(applyAzure({ ...world().options, ...plan })).resolves.toMatchObject({
      destroy: ['azurerm_dns_record.old'],
    });
  });

  test('a plan without changes calls nobody', async () => {
    const plan = await planned({ planCode: 0 });
    const { options, verbs } = world();
    await expect(applyAzure({ ...options, ...plan })).resolves.toBeUndefined();
    expect(verbs()).toEqual([]);
    expect(notes).toContain('Nothing to apply.');
  });

  test.each<[string, (plan: Awaited<ReturnType<typeof planned>>) => object, RegExp]>([
    ['another text', (plan) => ({ ...plan, planText: `${plan.planText} ` }), /The plan is not the approved one/],
    ['another assembly', (plan) => changed(plan, { assembly: 'f'.repeat(64) }), /another place or assembly/],
    [
      'another subscription',
      (plan) => changed(plan, { subscription: '99999999-2222-4333-8444-555555555555' }),
      /another place or assembly/,
    ],
    ['a field too many', (plan) => changed(plan, { more: 1 } as Partial<AzurePlan>), /more/],
    [
      'a saved plan that has expired',
      (plan) => changed(plan, { plan: 'e'.repeat(64) }),
      /It expired or was never stored/,
    ],
  ])('%s is refused before Terraform is called', async (_, change, message) => {
    const plan = await planned();
    const { options, verbs } = world();
    await expect(applyAzure({ ...options, ...plan, ...change(plan) })).rejects.toThrow(message);
    expect(verbs()).toEqual([]);
  });

  test('bytes that were exchanged in the store are refused', async () => {
    const plan = await planned();
    for (const key of stored.keys()) stored.set(key, Buffer.from('a plan of somebody else'));
    const { options, verbs } = world();
    await expect(applyAzure({ ...options, ...plan })).rejects.toThrow(/The plan is not the approved one/);
    expect(verbs()).toEqual([]);
  });

  test('a model that is retired on the day stops it', async () => {
    const plan = await planned();
    const { options, verbs } = world();
    await expect(applyAzure({ ...options, ...plan, today: '2099-01-01' })).rejects.toThrow(/are retired on 2099-01-01/);
    expect(verbs()).toEqual([]);
  });
});

describe('what a person reads', () => {
  const record: AzurePlan = {
    schemaVersion: 1,
    subscription: subscriptionId,
    location: 'eastus2',
    commit,
    assembly: 'a'.repeat(64),
    plan: 'b'.repeat(64),
    changes: true,
    summary: { create: ['a.new'], update: [], replace: ['b.other'], destroy: ['c.old'] },
    providerLock: null,
  };

  test('each address has its change, and the hash that is approved', () => {
    expect(renderAzurePlan(record, 'd'.repeat(64))).toBe(
      [
        `## Plan for Azure subscription ${subscriptionId}, eastus2`,
        '',
        `Commit \`${commit}\`.`,
        '',
        '| resource | change |',
        '|---|---|',
        '| `a.new` | create |',
        '| `b.other` | **replace** |',
        '| `c.old` | **destroy** |',
        '',
        `Approving the environment approves plan \`${'d'.repeat(64)}\`. The saved plan is in the delivery bucket, for a week.`,
        '',
      ].join('\n'),
    );
  });

  test('nothing to change is said', () => {
    expect(renderAzurePlan({ ...record, changes: false }, '')).toContain('Nothing to change.');
  });
});

test.each([
  ['no stack', [], 'none'],
  ['two stacks', ['one', 'two'], 'one, two'],
])('an output with %s is refused', (_, names, got) => {
  const output = mkdtempSync(join(scratch, 'output-'));
  for (const name of names) mkdirSync(join(output, 'stacks', name), { recursive: true });
  expect(() => stackFolder(output)).toThrow(`must hold one stack, got: ${got}.`);
});
