import { services } from '../compute';
import { databases } from '../databases';
import { documents } from '../evidence';
import { modelledFunctions } from '../functions';
import { queues, standaloneDeadLetterQueues } from '../messaging';
import type { AccountSettings } from '../settings';
import { rules, tables } from '../support';
import type { AlarmRow } from './alarm';
import { consolidationAlarms } from './consolidation';
import { cacheAlarms, databaseAlarms } from './databases';
import { distributionAlarms } from './distribution';
import { functionAlarms, reportedFailureAlarm } from './functions';
import { hybridAlarms } from './hybrid';
import { deadLetterQueueAlarm, queueAlarms } from './queues';
import { ruleAlarm } from './rules';
import { serviceAlarms } from './services';
import { tableAlarms } from './tables';

export * from './alarm';
export { consolidationAlarmPrefix, consolidationAlarms } from './consolidation';
export { functionAlarms } from './functions';

/**
 * Every alarm of the estate, from the rows of the inventory: a new queue or function brings its alarms along.
 *
 * A function that is pending gets its alarms when its row becomes modelled.
 */
export function alarmsOf(settings: AccountSettings): readonly AlarmRow[] {
  return [
    ...queues.flatMap((row) => queueAlarms(row, settings.posture)),
    ...queues.map((row) => deadLetterQueueAlarm(row.deadLetterQueue, `what ${row.name} gave up`)),
    ...standaloneDeadLetterQueues.map((row) => deadLetterQueueAlarm(row, row.purpose)),
    ...modelledFunctions.filter((row) => row.kind === 'regional').flatMap(functionAlarms),
    ...modelledFunctions.flatMap(reportedFailureAlarm),
    ...databases.flatMap(({ name }) => databaseAlarms(name)),
    ...consolidationAlarms(settings),
    ...cacheAlarms(),
    ...services.flatMap((row) => serviceAlarms(row.cluster, row.name, settings.compute.scraperDesiredCount)),
    ...distributionAlarms(settings.edge.userPool !== undefined),
    ...rules.map(ruleAlarm),
    ...tables.flatMap((row) => tableAlarms(row.name)),
    ...hybridAlarms(settings.hybrid),
  ];
}

/** What the alarm tells whoever it wakes: the reason of the figure, its source, and the runbook. At most 1024 characters. */
export function alarmDescription(row: AlarmRow): string {
  const { title, date } = documents[row.source.document];
  const source = row.source.confidence === 'proposed' ? 'ours' : `${title}, ${date}`;
  return `${row.why} Figure: ${source}. Runbook: docs/runbooks.md#${row.runbook}`;
}
