import type { Finding } from '../findings';
import type { Side } from '../phases';
import type { ClientReach, InstanceFacts, ReplicationParameters } from '../ports';
import type { Observed } from './observe';

/** What every rule sees: values only, so that each is a table of cases in a test. */
export interface SurveyInput {
  readonly source: Observed;
  readonly target: Observed;
  readonly instances: Readonly<Record<Side, InstanceFacts>>;
  readonly clients: readonly ClientReach[];
  readonly parameters: ReplicationParameters;
  readonly applicationRoles: readonly string[];
}

export interface SurveyRule {
  /** First part of the ids of its findings; `docs/consolidation.md` has a row for it. */
  readonly id: string;
  find(input: SurveyInput): readonly Finding[];
}

type Gravity = Finding['gravity'];

const make =
  (gravity: Gravity) =>
  (id: string, message: string, remedy: string): Finding => ({ id, gravity, message, remedy });

export const blocks = make('blocks');
export const decision = make('decision');
export const handled = make('handled');
