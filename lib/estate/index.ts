import { clusters, repositories, services, tasks } from './compute';
import { cache, databases } from './databases';
import { distribution } from './edge';
import { functions } from './functions';
import { queues, standaloneDeadLetterQueues } from './messaging';
import { buckets, foreignBuckets } from './storage';
import { rules, secrets, tables } from './support';
import type { EstateRows } from './validate';

/** Every row of the AWS inventory, as the stacks use it. */
export const estateRows: EstateRows = {
  queues,
  standaloneDeadLetterQueues,
  buckets,
  foreignBuckets,
  functions,
  tables,
  rules,
  others: {
    cluster: clusters,
    repository: repositories,
    'task definition': tasks,
    service: services,
    database: databases,
    cache: [cache],
    distribution: [distribution],
    secret: secrets,
  },
};
