import { proofLine, renderVerification } from '../../adopt';
import { summaryLine } from '../../audit';
import { partTitles } from '../../audit/words';
import type { AdoptedPosture, AdoptionRehearsalReport } from './adoption';

/** The story for a terminal, with what was tried for real and what was not. */
export function renderAdoption(report: AdoptionRehearsalReport): string {
  const { plan, proof, run, postures, mappings, tried, mappedOnly, failures, passed, seconds } = report;
  const total = Object.values(tried).reduce((sum, number) => sum + number, 0);
  return [
    `Plan: ${plan.counts.import} resources to import, ${plan.counts.create} that the deployments make`,
    proofLine(proof),
    'Imported with cdk import --resource-mapping',
    ...run.stacks.map(
      ({ stackName, resources, outcome }) =>
        `  ${stackName}: ${resources}${outcome === 'resumed' ? ', before the interruption' : ''}`,
    ),
    ...postures.flatMap(renderPosture),
    '',
    `Tried for real on the embedded AWS: ${total} resources`,
    ...Object.entries(tried).map(([type, number]) => `  ${String(number).padStart(4)} × ${type}`),
    'The embedded AWS imports no resource of these. Their identifiers and settings were read from what the deployments made,',
    'and compared with the templates:',
    ...mappings
      .filter(({ type }) => mappedOnly.includes(type))
      .map(({ type, resources, found }) => `  ${String(found).padStart(4)} of ${resources} ${type}`),
    '',
    ...failures.map((failure) => `✘ ${failure}`),
    `Adoption ${passed ? 'passed' : 'failed'} in ${seconds.toFixed(1)} s`,
  ].join('\n');
}

function renderPosture({ posture, resources, notHeld, contents, newCode, audit }: AdoptedPosture): string[] {
  const lines = renderVerification(resources).split('\n');
  const kinds = [...new Set(contents.map(({ kind }) => kind))].map((kind) => {
    const all = contents.filter((content) => content.kind === kind);
    return `${all.filter(({ kept }) => kept).length} of ${all.length} ${kind}s`;
  });
  return [
    '',
    `After the deployment of ${posture}`,
    // Every setting is in the report; the two sums are what a person reads.
    ...lines.filter((line) => !line.startsWith('  ✔')).map((line) => `  ${line.trim()}`),
    `  ${notHeld.length} settings that the embedded AWS takes and never shows, so that nothing is said of them`,
    `  contents of before: ${kinds.join(', ')}`,
    `  ${newCode.length} functions run new code`,
    `  ${summaryLine(partTitles.audit, audit.summary.audit)}`,
    `  ${summaryLine(partTitles.support, audit.summary.support)}`,
  ];
}
