import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Analyser, Finding, FindingRule, Tree } from '../../model';
import { compareText } from '../values';

export const validationFindingRules: readonly FindingRule[] = [
  {
    id: 'policy/validation',
    category: 'policy',
    description: 'A policy plugin of synth, such as cdk-nag, reports a violation.',
  },
  { id: 'policy/acknowledged', category: 'policy', description: 'A violation is acknowledged, with a reason.' },
];

const violationSchema = z.object({
  ruleName: z.string(),
  description: z.string().default(''),
  severity: z.string().optional(),
  fix: z.string().optional(),
  reason: z.string().optional(),
  violatingConstructs: z.array(z.object({ constructPath: z.string().optional() })).default([]),
});
const reportSchema = z.object({
  pluginReports: z.array(
    z.object({
      pluginName: z.string(),
      violations: z.array(violationSchema).default([]),
      suppressedViolations: z.array(violationSchema).default([]),
    }),
  ),
});

interface Reported {
  readonly plugin: string;
  readonly acknowledged: boolean;
  readonly construct: string;
  readonly violation: z.infer<typeof violationSchema>;
}

/** What the policy plugins of both synths wrote into their reports, where a tree has one. */
export const analyseValidationReports: Analyser = ({ base, head }) => {
  const before = reported(base);
  const after = reported(head);
  // A tree without a report says nothing of what was fixed, or is new.
  if (before === undefined || after === undefined) return [];
  return [
    ...[...after].filter(([key]) => !before.has(key)).map(([, item]) => findingOf(item, 'new')),
    ...[...before].filter(([key]) => !after.has(key)).map(([, item]) => findingOf(item, 'fixed')),
  ];
};

function reported(tree: Tree): ReadonlyMap<string, Reported> | undefined {
  const folders = new Set([...tree.stacks.values()].map(({ file }) => dirname(file)));
  const reports = [...folders]
    .sort()
    .flatMap((folder) => readReport(join(tree.directory, folder, 'validation-report.json')));
  if (reports.length === 0) return undefined;
  const items = reports.flatMap(({ pluginReports }) =>
    pluginReports.flatMap(({ pluginName, violations, suppressedViolations }) =>
      [
        ...violations.map((violation) => ({ violation, acknowledged: false })),
        ...suppressedViolations.map((violation) => ({ violation, acknowledged: true })),
      ].flatMap(({ violation, acknowledged }) => {
        const constructs = violation.violatingConstructs.map(({ constructPath = '' }) => constructPath);
        return (constructs.length === 0 ? [''] : constructs).map(
          (construct): Reported => ({ plugin: pluginName, acknowledged, construct, violation }),
        );
      }),
    ),
  );
  const keyed = items.map(
    (item) => [[item.plugin, item.violation.ruleName, item.construct, item.acknowledged].join('|'), item] as const,
  );
  return new Map(keyed.sort(([a], [b]) => compareText(a, b)));
}

function readReport(path: string): z.infer<typeof reportSchema>[] {
  try {
    const result = reportSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return result.success ? [result.data] : [];
  } catch {
    return [];
  }
}

function findingOf({ plugin, acknowledged, construct, violation }: Reported, status: Finding['status']): Finding {
  const where = construct === '' ? '' : ` at ${construct}`;
  const rule = violation.ruleName.startsWith(plugin) ? violation.ruleName : `${plugin} ${violation.ruleName}`;
  const what = `${rule}${where}: ${violation.description}`;
  const message = acknowledged
    ? `${status === 'new' ? 'Acknowledged' : 'No longer acknowledged'}: ${what}${violation.reason === undefined ? '' : ` Reason: ${violation.reason}`}`
    : `${status === 'new' ? '' : 'No longer reported: '}${what}`;
  return {
    category: 'policy',
    rule: acknowledged ? 'policy/acknowledged' : 'policy/validation',
    level:
      status === 'fixed' || acknowledged || violation.severity === 'info'
        ? 'note'
        : violation.severity === 'error'
          ? 'error'
          : 'warning',
    status,
    message,
    ...(violation.fix === undefined || status === 'fixed' ? {} : { fix: violation.fix }),
  };
}
