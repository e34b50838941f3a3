import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { type AccountSettings, auditedAccount } from '../../lib/estate/settings';
import { applyPolicy } from '../../lib/policy';
import { acknowledgementsFor } from '../../lib/policy/acknowledgements';
import { buildEstate } from '../../stacks-aws/estate';
import { functionCode, projectRoot, settingsWith } from '../support/estate';
import { links } from '../unit/azure/synthesize';
import { accountWith } from '../unit/stacks/azure-access';

const { context } = JSON.parse(readFileSync(join(projectRoot, 'cdk.json'), 'utf8')) as {
  context: Record<string, unknown>;
};

/** Severities that do not fail the synth. */
const spoken = ['info', 'warning'];

/** Unacknowledged findings of the whole estate, and the notices that synth prints, each once. */
function findingsOf(settings: AccountSettings): { readonly errors: string[]; readonly notices: string[] } {
  const app = new App({ context, builtinCloudFormationValidation: false });
  buildEstate(app, { settings, code: functionCode() });
  applyPolicy(app, settings);
  const log = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  try {
    app.synth();
  } catch {
    // The report says what the exception says, finding by finding.
  } finally {
    log.mockRestore();
  }
  const report = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as {
    pluginReports: {
      pluginName: string;
      violations: {
        ruleName: string;
        severity: string;
        description: string;
        violatingConstructs: { constructPath: string }[];
      }[];
    }[];
  };
  const violations = report.pluginReports.flatMap((plugin) => plugin.violations);
  const show = ({ ruleName, description, violatingConstructs }: (typeof violations)[number]): string =>
    `${ruleName} ${description} ${violatingConstructs.map(({ constructPath }) => constructPath).join(', ')}`;
  return {
    errors: violations.filter(({ severity }) => !spoken.includes(severity)).map(show),
    notices: violations.filter(({ severity }) => spoken.includes(severity)).map(({ ruleName }) => ruleName),
  };
}

const settings = settingsWith();
const notices = [
  'lifecycle-lambda',
  'lifecycle-postgres',
  'decision-origin',
  'decision-public-database',
  'decision-user-pool',
  'decision-repository',
];
const without = (id: string): string[] => notices.filter((notice) => notice !== id);
const alias = { domain: 'cdn.example.com', certificateArn: `arn:aws:acm:us-east-1:${auditedAccount}:certificate/1` };

test.each<[string, AccountSettings, string[]]>([
  ['hardened', settings, notices],
  ['audited', settingsWith({ posture: 'audited' }), notices],
  ['a supported runtime', settingsWith({ runtime: 'nodejs24.x' }), without('lifecycle-lambda')],
  ['the database closed', settingsWith({ closePublicAccess: 'true' }), without('decision-public-database')],
  ['a domain of its own', { ...settings, edge: { alias } }, notices],
  [
    'a repository that deploys',
    settingsWith({ githubRepository: 'example-org/estate' }),
    without('decision-repository'),
  ],
  ['the link to Azure, verified', accountWith({ connectivity: { link: links.verified } }), notices],
  ['another account', { ...settings, account: '111122223333', namePrefix: 'trial-' }, notices],
])('no finding is left unacknowledged, and none acknowledged in vain: %s', (_, given, said) => {
  expect(findingsOf(given)).toEqual({ errors: [], notices: said });
});

test('a withdrawn version that nobody acknowledged fails the synth', () => {
  const { errors } = findingsOf(settingsWith({ engineVersion: '17.5' }));
  expect(errors).toEqual([expect.stringContaining('postgres 17.5: support ended on 2026-10-31')]);
});

test.each(acknowledgementsFor(settings).map((row) => [row.finding, row] as const))('%s has a reason', (_, row) => {
  expect(row.reason).toMatch(/^[A-Z].{10,}\.$/);
  expect(row.remedy ?? 'a.').toMatch(/\.$/);
});
