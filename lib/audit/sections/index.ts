import type { Section } from '../model';
import { bucketsSection } from './buckets';
import { cacheSection } from './cache';
import { clustersSection } from './clusters';
import { databasesSection } from './databases';
import { distributionSection } from './distribution';
import { flagsSection } from './flags';
import { functionsSection } from './functions';
import { logGroupsSection } from './log-groups';
import { queuesSection } from './queues';
import { repositoriesSection } from './repositories';
import { rulesSection } from './rules';
import { schedulesSection } from './schedules';
import { secretsSection } from './secrets';
import { securityGroupsSection } from './security-groups';
import { servicesSection } from './services';
import { tablesSection } from './tables';
import { tasksSection } from './tasks';

/** Every table, in the order of the audit; then what its rows cannot run without. */
export const sections: readonly Section[] = [
  clustersSection,
  databasesSection,
  cacheSection,
  bucketsSection,
  functionsSection,
  queuesSection,
  distributionSection,
  servicesSection,
  tasksSection,
  repositoriesSection,
  logGroupsSection,
  rulesSection,
  schedulesSection,
  tablesSection,
  secretsSection,
  securityGroupsSection,
  flagsSection,
];
