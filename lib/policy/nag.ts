import type {
  IPolicyValidationContext,
  IPolicyValidationPlugin,
  PolicyValidationPluginReport,
  PolicyViolation,
} from 'aws-cdk-lib';
// By subpath: the package's index loads every pack.
import { AwsSolutionsChecks } from 'cdk-nag/lib/packs/aws-solutions';
import type { IConstruct } from 'constructs';
import { matcherOf, type Place, placesOf } from './acknowledge';
import type { Acknowledgement } from './acknowledgements';

/** Name under which the findings stand in the validation report, and before `::` in acknowledged ids. */
const pluginName = 'AwsSolutions';

/**
 * cdk-nag's AwsSolutions pack over the whole app, once for each synth.
 *
 * Errors and warnings fail alike. So does an acknowledgement that no finding needs any more: a list that only grows
 * hides the next real finding. Acknowledged ids carry the plugin's name, because CDK then moves the finding to the
 * acknowledged ones of its report, whereas cdk-nag drops what it finds under its bare id without a trace.
 */
export class AwsSolutionsPolicy implements IPolicyValidationPlugin {
  readonly name = pluginName;

  /** @param rows acknowledgements that apply; those of other checks are left alone */
  constructor(private readonly rows: readonly Acknowledgement[]) {}

  validate({ appConstruct }: IPolicyValidationContext): PolicyValidationPluginReport {
    const { violations } = new AwsSolutionsChecks().validateScope(appConstruct);
    const all = [
      ...violations.map((violation) => ({ ...violation, severity: 'error' })),
      ...this.staleRows(appConstruct, violations),
    ];
    return { success: all.length === 0, violations: all };
  }

  private staleRows(app: IConstruct, violations: readonly PolicyViolation[]): readonly PolicyViolation[] {
    const places = new Map(placesOf(app).map((place) => [place.resource.node.path, place]));
    const found = new Map<string, Place[]>();
    for (const { ruleName, violatingResources } of violations) {
      const finding = `${pluginName}::${ruleName}`;
      const located = violatingResources.flatMap(({ constructPath = '' }) => places.get(constructPath) ?? []);
      found.set(finding, [...(found.get(finding) ?? []), ...located]);
    }
    return this.rows
      .filter(({ finding }) => finding.startsWith(`${pluginName}::`))
      .flatMap((row) => row.resources.map((pattern) => ({ ...row, resources: [pattern] })))
      .filter((row) => !found.get(row.finding)?.some(matcherOf(row)))
      .map(({ stack, resources, finding }) => ({
        ruleName: 'stale-acknowledgement',
        description: `No resource of ${stack} that matches ${resources.join()} has the finding ${finding} any more.`,
        fix: 'Remove the row, or the logical id from it, in lib/policy/acknowledgements.ts.',
        severity: 'fatal',
        violatingResources: [{ constructPath: app.node.path, locations: [] }],
      }));
  }
}
