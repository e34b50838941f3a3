import type { Posture } from '../estate/settings';
import type { LocatedResource, StackTemplate } from './cloudformation';

/** One place where a template breaks a rule. */
export interface Violation {
  readonly stack: string;
  readonly logicalId: string;
  /** Where in the resource, for example `Properties.RedrivePolicy`. */
  readonly location: string;
  /** What was found. */
  readonly found: string;
}

/** A rule over the templates of one app; usable on any template, not only on ours. */
export interface TemplateRule {
  readonly id: string;
  /** What must hold. */
  readonly description: string;
  /** What mends a violation. */
  readonly fix: string;
  /** @default both */
  readonly posture?: Posture;
  readonly check: (templates: readonly StackTemplate[]) => readonly Violation[];
}

export const violation = ({ stack, logicalId }: LocatedResource, location: string, found: unknown): Violation => ({
  stack,
  logicalId,
  location,
  found: typeof found === 'string' ? found : (JSON.stringify(found) ?? 'nothing'),
});
