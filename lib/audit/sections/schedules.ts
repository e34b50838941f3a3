import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { summarizerSchedule } from '../../estate/support';
import { lastSegment, orAbsent } from '../clients';
import { taskFamily } from '../lookups';
import { labelColumn, readColumn, type Section } from '../model';

export const schedulesSection: Section = {
  id: 'schedules',
  part: 'support',
  nameHeading: 'name',
  columns: [readColumn('status', 'state'), labelColumn('purpose')],

  expected: () => {
    const { name, state, expression, timezone, task, deadLetterQueue, role } = summarizerSchedule;
    return [
      {
        kind: 'modelled',
        name,
        label: `${expression} → task ${task}`,
        properties: { state, expression, timezone, task, deadLetterQueue, role },
      },
    ];
  },

  async read({ scheduler }, name) {
    const schedule = await orAbsent(
      scheduler.send(new GetScheduleCommand({ Name: name })),
      'ResourceNotFoundException',
    );
    if (schedule === undefined) return undefined;
    const target = schedule.Target;
    return {
      state: schedule.State ?? null,
      expression: schedule.ScheduleExpression ?? null,
      timezone: schedule.ScheduleExpressionTimezone ?? null,
      task: taskFamily(target?.EcsParameters?.TaskDefinitionArn ?? ''),
      deadLetterQueue: lastSegment(target?.DeadLetterConfig?.Arn ?? ''),
      role: lastSegment(target?.RoleArn ?? ''),
    };
  },
};
