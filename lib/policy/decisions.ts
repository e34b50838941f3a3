import type { AccountSettings } from '../estate/settings';
import type { Notice } from './notices';

/** A setting that waits for the owner's word: what holds until then, and which setting decides. */
interface Decision {
  readonly id: string;
  readonly message: string;
  readonly isOpen: (settings: AccountSettings) => boolean;
}

const decisions: readonly Decision[] = [
  {
    id: 'decision-origin',
    isOpen: ({ origin }) => origin === 'undecided',
    message:
      'Nobody has looked whether the resources of this account exist: set origin to import or create. Until then the pipeline does not deploy.',
  },
  {
    id: 'decision-public-database',
    isOpen: ({ databases }) => !databases.closePublicAccess,
    message:
      'huntaze-postgres-production stays open to the internet, because an application outside the VPC may use it: find out, then set databases.closePublicAccess to true (for a trial: -c closePublicAccess=true).',
  },
  {
    id: 'decision-user-pool',
    isOpen: ({ edge }) => edge.userPool === undefined,
    message:
      'The edge knows no user pool and answers 401 to everything but public paths: set edge.userPool to the pool that signs the tokens of the site.',
  },
  {
    id: 'decision-repository',
    isOpen: ({ delivery }) => delivery.repository === undefined,
    message:
      'No GitHub repository may deploy, so no identity of a pipeline is synthesized: set delivery.repository to owner/name (for a trial: -c githubRepository=owner/name).',
  },
];

/** Decisions that the settings leave open. */
export const openDecisions = (settings: AccountSettings): readonly Notice[] =>
  decisions.filter(({ isOpen }) => isOpen(settings)).map(({ id, message }) => ({ id, level: 'info', message }));
