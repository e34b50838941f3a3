import { z } from 'zod';
import { azureSettingsSchema } from './azure-settings';
import { consolidationSettingsSchema } from './consolidation-phase';
import { deliverySettingsSchema } from './delivery';
import { hybridSettingsSchema } from './hybrid-settings';

/** The account that the audit describes; every other one must give a name prefix. */
export const auditedAccount = '317805897534';

const keyAttribute = z.strictObject({ name: z.string().min(1), type: z.enum(['S', 'N']) });
const keySchema = z.strictObject({ partition: keyAttribute, sort: keyAttribute.optional() });

/** `audited`: as the audit and the evidence have it. `hardened`: every weakness closed that can be closed in place. */
export const postureSchema = z.enum(['audited', 'hardened']);
export type Posture = z.infer<typeof postureSchema>;

/**
 * Whatever a deployer decides for one account. One committed file per account in `settings/`; a context value
 * (`-c posture=audited`) overrides the keys of {@link contextKeys} for a trial.
 */
export const accountSettingsSchema = z
  .strictObject({
    account: z.string().regex(/^\d{12}$/, 'an AWS account id has twelve digits'),
    region: z.literal('us-east-1', { error: 'the audited estate, and every edge function, lives in us-east-1' }),
    /** Goes before bucket names and the Azure subdomain, which are global. */
    namePrefix: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,9}-$/, 'lower-case letters, digits and hyphens, at most 11, ending in a hyphen')
      .optional(),
    posture: postureSchema,
    /**
     * Whether the resources exist (`import`) or not (`create`). By 22 December 2025 listings show the account nearly
     * empty, so neither may be assumed: until somebody looks, it is `undecided` and the pipeline does not deploy.
     */
    origin: z.enum(['undecided', 'import', 'create']),
    /** Qualifier of the CDK bootstrap that deploys. */
    bootstrapQualifier: z.string().regex(/^[a-z0-9]{1,10}$/),
    /** Lambda runtime of every function. */
    runtime: z.string().regex(/^nodejs\d+\.x$/, 'a Node.js runtime of Lambda, such as nodejs20.x'),
    network: z.strictObject({
      defaultVpcId: z.string().regex(/^vpc-[0-9a-f]{8,17}$/),
      /** Subnets of the default VPC by zone. */
      defaultSubnets: z.record(z.string().regex(/^us-east-1[a-f]$/), z.string().regex(/^subnet-[0-9a-f]{8,17}$/)),
    }),
    databases: z.strictObject({
      /** Major and minor version. */
      engineVersion: z.string().regex(/^\d+\.\d+$/),
      /** Create-only. */
      masterUsername: z.string().min(1).max(63),
      /** Create-only: name of the first database. */
      databaseName: z.string().min(1).max(63),
      /** Create-only: key of the encrypted instance. */
      encryptedInstanceKeyId: z.uuid(),
      /** Closes the plain instance to the internet. Off: an application outside the VPC may use it. */
      closePublicAccess: z.boolean(),
      /** How far the infrastructure is prepared for the consolidation onto the encrypted instance. */
      consolidation: consolidationSettingsSchema,
    }),
    /** Create-only keys of the tables whose evidence conflicts or is silent. */
    tableKeys: z.record(z.string(), keySchema),
    compute: z.strictObject({
      /** Tasks of onlyfans-scraper; 0 until an image is pushed, or a first deploy would wait for it. */
      scraperDesiredCount: z.int().min(0).max(10),
    }),
    edge: z.strictObject({
      /** Alternative domain name with the ACM certificate (us-east-1) that covers it. */
      alias: z
        .strictObject({ domain: z.string().min(4), certificateArn: z.string().startsWith('arn:aws:acm:us-east-1:') })
        .optional(),
      /** Pool whose tokens the viewer-request function admits. Without it, it admits nobody but on public paths. */
      userPool: z
        .strictObject({
          id: z.string().regex(/^[a-z]{2}-[a-z]+-\d_[A-Za-z0-9]+$/),
          clientId: z.string().regex(/^[a-z0-9]{20,128}$/),
        })
        .optional(),
    }),
    azure: azureSettingsSchema,
    hybrid: hybridSettingsSchema.prefault({}),
    delivery: deliverySettingsSchema.prefault({}),
  })
  .superRefine((settings, context) => {
    if (settings.account !== auditedAccount && settings.namePrefix === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['namePrefix'],
        message: `bucket names are global and those of ${auditedAccount} are taken: another account needs a namePrefix`,
      });
    }
    if (settings.account === auditedAccount && settings.namePrefix !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['namePrefix'],
        message: 'physical names of the audited account are the audited ones: remove namePrefix',
      });
    }
  });

export type AccountSettings = z.infer<typeof accountSettingsSchema>;

/** What a settings file holds: the defaults of the Azure part may be left out. */
export type AccountSettingsInput = z.input<typeof accountSettingsSchema>;

/** Context keys that override a setting for a trial (`-c key=value`), and what the value becomes. */
export const contextKeys = {
  account: { path: ['account'], parse: (value: string) => value, help: 'which settings file' },
  posture: { path: ['posture'], parse: (value: string) => value, help: 'audited or hardened' },
  runtime: { path: ['runtime'], parse: (value: string) => value, help: 'Lambda runtime of every function' },
  engineVersion: { path: ['databases', 'engineVersion'], parse: (value: string) => value, help: 'PostgreSQL version' },
  closePublicAccess: {
    path: ['databases', 'closePublicAccess'],
    parse: (value: string) => (value === 'true' ? true : value === 'false' ? false : value),
    help: 'true closes the plain database to the internet',
  },
  consolidationPhase: {
    path: ['databases', 'consolidation', 'phase'],
    parse: (value: string) => value,
    help: 'how far the infrastructure is prepared for the consolidation: off, survey, prepare, replicate, soak, retain',
  },
  consolidationStrategy: {
    path: ['databases', 'consolidation', 'strategy'],
    parse: (value: string) => value,
    help: 'how the instances are consolidated; decides the rights of the task',
  },
  scraperDesiredCount: {
    path: ['compute', 'scraperDesiredCount'],
    parse: (value: string) => (/^\d+$/.test(value) ? Number(value) : value),
    help: 'tasks of onlyfans-scraper',
  },
  githubRepository: {
    path: ['delivery', 'repository'],
    parse: (value: string) => value,
    help: 'owner/name of the repository whose pipeline deploys',
  },
} as const satisfies Record<string, { path: readonly string[]; parse: (value: string) => unknown; help: string }>;

export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Context keys that belong to the tools themselves. */
const toolContext =
  /^(@[a-z-]+\/|aws:|aws-cdk:|cdktf|cdk-|availability-zones:|vpc-provider:|allow[A-Z]|excludeStackIdFromLogicalIds)/;

/** Every context value of the tools themselves is known by its prefix; whatever else is not a setting is a mistake. */
export function unknownContextKeys(context: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(context).filter((key) => !(key in contextKeys) && !toolContext.test(key));
}

/**
 * The settings of one account, with the trial values of the context laid over them.
 *
 * @param files settings files by account id
 * @param context context of the app: `cdk.json`, `-c key=value`
 * @throws SettingsError for an account without a file, an unknown context key, or a value that the schema refuses
 */
export function resolveSettings(
  files: Readonly<Record<string, AccountSettingsInput>>,
  context: Readonly<Record<string, unknown>> = {},
): AccountSettings {
  const unknown = unknownContextKeys(context);
  if (unknown.length > 0) {
    throw new SettingsError(
      `Unknown setting in the context, got: ${unknown.join(', ')}. Known: ${Object.keys(contextKeys).join(', ')}.`,
    );
  }
  const account = String(context.account ?? auditedAccount);
  const file = files[account];
  if (file === undefined) {
    throw new SettingsError(
      `No settings file for account, got: ${account}. Known: ${Object.keys(files).join(', ')}. Add settings/${account}.ts and name it in settings/index.ts.`,
    );
  }
  const candidate = structuredClone(file) as Record<string, unknown>;
  for (const [key, { path, parse }] of Object.entries(contextKeys)) {
    if (context[key] === undefined || key === 'account') continue;
    assign(candidate, path, parse(String(context[key])));
  }
  const result = accountSettingsSchema.safeParse(candidate);
  if (!result.success) {
    const lines = result.error.issues.map((issue) => {
      const path = issue.path.map(String);
      return `  ${path.join('.') || '(root)'}: ${issue.message}, got: ${JSON.stringify(valueAt(candidate, path))}`;
    });
    throw new SettingsError(
      `Settings of account ${account} are not valid:\n${lines.join('\n')}\nMend settings/${account}.ts or the -c value.`,
    );
  }
  if (result.data.account !== account) {
    throw new SettingsError(
      `settings/${account}.ts names another account, got: ${result.data.account}. Each file is named after its account.`,
    );
  }
  return result.data;
}

function assign(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [head, ...rest] = path;
  if (head === undefined) return;
  if (rest.length === 0) {
    target[head] = value;
    return;
  }
  // A part that the settings file leaves to its defaults is not there yet.
  target[head] ??= {};
  assign(target[head] as Record<string, unknown>, rest, value);
}

const valueAt = (source: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], source);

/** The physical name of a globally unique thing in this account. */
export const globalName = (settings: Pick<AccountSettings, 'namePrefix'>, name: string): string =>
  `${settings.namePrefix ?? ''}${name}`;
