import { createHash } from 'node:crypto';
import type { Log, ReportingDescriptor, Result } from 'sarif';
import { findingRules } from '../findings';
import { nameOf } from '../findings/ref';
import {
  type Finding,
  type FindingRule,
  type GateReason,
  type GateRule,
  gateRules,
  type ResourceRef,
  type ReviewReport,
} from '../model';
import { oneLine, shortened } from './text';

/** GitHub shows the first 5,000 results of a run and refuses more than 25,000. */
const mostResults = 5_000;
const longestMessage = 1_000;
const sarifSchema = 'https://json.schemastore.org/sarif-2.1.0.json';

/**
 * Findings and gate reasons for code scanning, SARIF 2.1.0. What this change mends is no result; a waived reason is one
 * with a suppression.
 */
export function sarifLog(report: ReviewReport): Log {
  const all = [
    ...report.gate.reasons.map((reason) => gateResult(reason, report)),
    ...report.findings.filter(({ status, rule }) => status === 'new' && !rule.startsWith('gate/')).map(findingResult),
  ];
  const results = all.slice(0, mostResults);
  const rules = rulesOf(results);
  return {
    $schema: sarifSchema,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'estate-review',
            semanticVersion: report.schemaVersion,
            informationUri: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html',
            rules,
          },
        },
        originalUriBaseIds: { PROJECT: { description: { text: 'Root of the project that was synthesized' } } },
        columnKind: 'utf16CodeUnits',
        results: results.map((result) => ({ ...result, ruleIndex: rules.findIndex(({ id }) => id === result.ruleId) })),
        ...(all.length > results.length
          ? {
              invocations: [
                {
                  executionSuccessful: true,
                  toolExecutionNotifications: [
                    {
                      level: 'warning',
                      message: {
                        text: `${all.length - results.length} results more than code scanning shows are in the JSON report.`,
                      },
                    },
                  ],
                },
              ],
            }
          : {}),
      },
    ],
  };
}

export const renderSarif = (report: ReviewReport): string => `${JSON.stringify(sarifLog(report), undefined, 2)}\n`;

function gateResult(reason: GateReason, { gate }: ReviewReport): Result {
  const waiver = gate.waivers.find(({ id }) => id === reason.waivedBy);
  return {
    ruleId: `gate/${reason.rule}`,
    level: 'error',
    kind: 'fail',
    message: { text: text(`${reason.message} ${reason.remedy}`) },
    locations: [locationOf(reason.resource)],
    partialFingerprints: fingerprint(`gate/${reason.rule}`, reason.resource, reason.change),
    ...(reason.waivedBy === undefined
      ? {}
      : {
          suppressions: [
            {
              kind: 'external',
              status: 'accepted',
              justification: text(waiver?.reason ?? `waiver ${reason.waivedBy}`),
            },
          ],
        }),
  };
}

const findingResult = ({ rule, level, message, fix, resource, path }: Finding): Result => ({
  ruleId: rule,
  level,
  kind: 'fail',
  message: { text: text(fix === undefined ? message : `${message} ${fix}`) },
  locations: [locationOf(resource)],
  partialFingerprints: fingerprint(rule, resource, path ?? message),
});

const text = (message: string): string => shortened(oneLine(message), longestMessage) || '(no message)';

/** Code scanning wants a file: the source where the tree names it, else what configures the synth. */
function locationOf(resource: ResourceRef | undefined): NonNullable<Result['locations']>[number] {
  const uri = resource?.source?.file ?? (resource?.stack.engine === 'terraform' ? 'cdktf.json' : 'cdk.json');
  const { line = 1, column } = resource?.source ?? {};
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(uri), uriBaseId: 'PROJECT' },
      region: { startLine: Math.max(1, line), ...(column === undefined ? {} : { startColumn: column + 1 }) },
    },
    ...(resource === undefined
      ? {}
      : {
          logicalLocations: [
            {
              name: oneLine(nameOf(resource)),
              fullyQualifiedName: oneLine(resource.constructPath ?? resource.address),
              kind: 'resource',
            },
          ],
        }),
  };
}

/** A relative URI reference; a path that leaves the project or is absolute is only a name. */
const uriOf = (path: string): string => {
  const parts = path.split(/[\\/]+/).filter((part) => part !== '' && part !== '.' && part !== '..');
  return parts.map((part) => encodeURIComponent(oneLine(part))).join('/') || 'cdk.json';
};

/** Stays the same while the same is said of the same resource, wherever its line moves. */
const fingerprint = (rule: string, resource: ResourceRef | undefined, detail: string): Record<string, string> => ({
  'estateReview/v1': createHash('sha256')
    .update([rule, resource?.address ?? '', detail].join('\u0000'))
    .digest('hex'),
});

function rulesOf(results: readonly Result[]): ReportingDescriptor[] {
  const known = new Map<string, Pick<FindingRule, 'description' | 'source'>>([
    ...findingRules.map((rule) => [rule.id, rule] as const),
    ...(Object.keys(gateRules) as GateRule[]).map(
      (rule) => [`gate/${rule}`, { description: `The gate closes: ${gateRules[rule]}.` }] as const,
    ),
  ]);
  return [...new Set(results.map(({ ruleId = '' }) => ruleId))].sort().map((id) => {
    const rule = known.get(id);
    return {
      id,
      shortDescription: { text: rule?.description ?? id },
      ...(rule?.source?.startsWith('https://') ? { helpUri: rule.source } : {}),
    };
  });
}
