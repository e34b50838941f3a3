import type { TemplateRule } from '../rule';
import { deadLetterAlarm } from './dead-letter-alarm';
import { deletionProtection } from './deletion-protection';
import { edgeVersionRetained } from './edge-version-retained';
import { noSecretValue } from './no-secret-value';
import { pinnedLogicalIds } from './pinned-logical-id';
import { queueRedrive } from './queue-redrive';
import { retainedState } from './retained-state';
import { uniquePhysicalNames } from './unique-physical-name';

/** Every rule over templates. A new rule is one file here and one line. */
export const templateRules: readonly TemplateRule[] = [
  retainedState,
  deletionProtection,
  pinnedLogicalIds,
  uniquePhysicalNames,
  queueRedrive,
  deadLetterAlarm,
  edgeVersionRetained,
  noSecretValue,
];
