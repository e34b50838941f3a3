import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { type AccountSettings, auditedAccount } from '../../../lib/estate/settings';
import { applyPolicy } from '../../../lib/policy';
import { acknowledgementsFor } from '../../../lib/policy/acknowledgements';
import { buildEstate } from '../../../stacks-aws/estate';
import { functionCode, projectRoot, settingsWith } from '../../support/estate';

const { context } = JSON.parse(readFileSync(join(projectRoot, 'cdk.json'), 'utf8')) as {
  context: Record<string, unknown>;
};

/** Unacknowledged findings of the whole estate, and the notices that it prints. */
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
    errors: violations.filter(({ severity }) => severity !== 'warning').map(show),
    notices: violations.filter(({ severity }) => severity === 'warning').map(({ ruleName }) => ruleName),
  };
}

const settings = settingsWith();
const both = ['Annotation::lifecycle-lambda', 'Annotation::lifecycle-postgres'];
const alias = { domain: 'cdn.example.com', certificateArn: `arn:aws:acm:us-east-1:${auditedAccount}:certificate/1` };

test.each<[string, AccountSettings, string[]]>([
  ['hardened', settings, both],
  ['audited', settingsWith({ posture: 'audited' }), both],
  ['a supported runtime', settingsWith({ runtime: 'nodejs24.x' }), ['Annotation::lifecycle-postgres']],
  ['the database closed', settingsWith({ closePublicAccess: 'true' }), both],
  ['a domain of its own', { ...settings, edge: { alias } }, both],
  ['another account', { ...settings, account: '111122223333', namePrefix: 'trial-' }, both],
])('no finding is left unacknowledged, and none acknowledged in vain: %s', (_, given, notices) => {
  expect(findingsOf(given)).toEqual({ errors: [], notices });
});

test('a withdrawn version that nobody acknowledged fails the synth', () => {
  const { errors } = findingsOf(settingsWith({ engineVersion: '17.5' }));
  expect(errors).toEqual([expect.stringContaining('postgres 17.5: support ended on 2026-10-31')]);
});

test.each(acknowledgementsFor(settings).map((row) => [row.finding, row] as const))('%s has a reason', (_, row) => {
  expect(row.reason).toMatch(/^[A-Z].{10,}\.$/);
  expect(row.remedy ?? 'a.').toMatch(/\.$/);
});
