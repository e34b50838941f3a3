import type { AccountSettings } from '../estate/settings';

/** A setting that waits for the owner's word. */
export interface OpenDecision {
  /** Stable id of the annotation. */
  readonly id: string;
  /** Construct id of the stack that it is about. */
  readonly stack: string;
  /** What holds until then, and which setting decides. */
  readonly message: string;
}

interface DecisionRule extends OpenDecision {
  readonly isOpen: (settings: AccountSettings) => boolean;
}

const decisions: readonly DecisionRule[] = [
  {
    id: 'decision-origin',
    stack: 'network',
    isOpen: ({ origin }) => origin === 'undecided',
    message:
      'Nobody has looked whether the resources of this account exist: set origin to import or create. Until then the pipeline does not deploy.',
  },
  {
    id: 'decision-public-database',
    stack: 'data',
    isOpen: ({ databases }) => !databases.closePublicAccess,
    message:
      'huntaze-postgres-production stays open to the internet, because an application outside the VPC may use it: find out, then set databases.closePublicAccess to true (for a trial: -c closePublicAccess=true).',
  },
  {
    id: 'decision-user-pool',
    stack: 'edge',
    isOpen: ({ edge }) => edge.userPool === undefined,
    message:
      'The edge knows no user pool and answers 401 to everything but public paths: set edge.userPool to the pool that signs the tokens of the site.',
  },
];

/** Decisions that the settings leave open. */
export const openDecisions = (settings: AccountSettings): readonly OpenDecision[] =>
  decisions.filter(({ isOpen }) => isOpen(settings)).map(({ id, stack, message }) => ({ id, stack, message }));
