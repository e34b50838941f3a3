import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport } from 'aws-cdk-lib';
import { compareTrees, type GateReason, gateRules, judge, readTree, readWaivers } from '.';

export interface ReviewGateOptions {
  /** Tree that the synth is compared with: what is deployed, or what the main branch synthesizes. */
  readonly base: string;
  /** File of waivers. */
  readonly waivers?: string;
  /** ISO date that waivers are judged by; a synth has no clock. */
  readonly asOf: string;
}

/**
 * The gate of the review, on each synth: what would lose data fails the synth, before anybody deploys it.
 *
 * It knows the clouds that the synth writes, and nothing of the others in the base.
 */
export class ReviewGate implements IPolicyValidationPlugin {
  readonly name = 'Estate review';
  readonly ruleIds = Object.keys(gateRules).map((rule) => `gate-${rule}`);

  constructor(private readonly options: ReviewGateOptions) {}

  /** @throws ReviewError when the base or the waivers cannot be read */
  validate({ stackTemplates }: IPolicyValidationContext): PolicyValidationPluginReport {
    const [first] = stackTemplates;
    if (!first) return { success: true, violations: [] };
    const root = assemblyRoot(dirname(first.templatePath));
    const { base, waivers, asOf } = this.options;
    const verdict = judge(compareTrees(readTree(base), readTree(root), { allowMissing: ['azure', 'other'] }), {
      asOf,
      ...(waivers && { waivers: readWaivers(waivers) }),
    });
    // Azure is synthesized elsewhere, and reviewed there.
    const closing = verdict.reasons.filter(
      ({ waivedBy, resource }) => waivedBy === undefined && resource.stack.cloud === 'aws',
    );
    const faults = verdict.waivers.filter(({ fails }) => fails);
    return {
      success: closing.length === 0 && faults.length === 0,
      violations: [
        ...closing.map((reason) => ({
          ruleName: `gate-${reason.rule}`,
          description: reason.message,
          fix: reason.remedy,
          severity: 'error',
          violatingResources: [
            placeOf(
              reason,
              stackTemplates.map(({ templatePath }) => templatePath),
              first.templatePath,
            ),
          ],
        })),
        ...faults.map(({ id, message }) => ({
          ruleName: 'gate-waiver',
          description: `Waiver ${id}: ${message}`,
          severity: 'error',
          violatingResources: [],
        })),
      ],
    };
  }
}

/** The outermost assembly that a template lies in: nested stages have manifests of their own. */
function assemblyRoot(folder: string): string {
  const above = dirname(folder);
  return above !== folder && existsSync(join(above, 'manifest.json')) ? assemblyRoot(above) : folder;
}

/** What is gone has no template any more: it is reported in the first one. */
const placeOf = ({ resource, change }: GateReason, templates: readonly string[], fallback: string) => ({
  resourceLogicalId: resource.logicalId,
  templatePath: templates.find((path) => path.includes(resource.stack.name)) ?? fallback,
  locations: [change],
});
