import Big from 'big.js';
import { at } from '../../review/json';
import type { Resource, Stack } from '../../review/model';
import { exact } from '../money';
import { list, referenced, text } from './values';

const minutesPerMonth = exact('43800');
const minutesOf: Readonly<Record<string, string>> = { minute: '1', hour: '60', day: '1440' };

/**
 * Runs in a month of 730 hours.
 *
 * @returns undefined for a cron expression that is not plain enough to count
 */
export function runsPerMonth(expression: string): Big | undefined {
  const [, amount, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (amount !== undefined && unit !== undefined && amount !== '0') {
    return minutesPerMonth.div(exact(amount).times(minutesOf[unit] ?? '1'));
  }
  const [, fields] = /^cron\((.*)\)$/.exec(expression) ?? [];
  if (fields === undefined) return undefined;
  const [minutes = '', hours = '', days = '', months = '', weekdays = ''] = fields.split(/\s+/);
  if (months !== '*') return undefined;
  const perHour = countOf(minutes, 60);
  const perDay = countOf(hours, 24);
  const perMonth = daysOf(days, weekdays);
  return perHour === undefined || perDay === undefined || perMonth === undefined
    ? undefined
    : perMonth.times(perHour).times(perDay);
}

/** How many values of a field match: `*`, `5`, `0,30`, `0/15`, `0/3`, `9-17`. */
function countOf(field: string, size: number): number | undefined {
  if (field === '*') return size;
  if (/^\d+(,\d+)*$/.test(field)) return field.split(',').length;
  const [, from, to] = /^(\d+)-(\d+)$/.exec(field) ?? [];
  if (from !== undefined && to !== undefined) return Math.max(0, Number(to) - Number(from) + 1);
  const [, start, step] = /^(\*|\d+)\/(\d+)$/.exec(field) ?? [];
  if (start === undefined || step === undefined || step === '0') return undefined;
  return Math.ceil((size - (start === '*' ? 0 : Number(start))) / Number(step));
}

function daysOf(days: string, weekdays: string): Big | undefined {
  const average = new Big('30.4166666667');
  if (days === '*' && (weekdays === '?' || weekdays === '*')) return average;
  if (weekdays === '?') {
    const count = countOf(days, 31);
    return count === undefined ? undefined : new Big(count);
  }
  if (days !== '?' && days !== '*') return undefined;
  const [, from, to] = /^(\w{3})-(\w{3})$/.exec(weekdays) ?? [];
  const names = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
  const count =
    from !== undefined && to !== undefined
      ? names.indexOf(to.toUpperCase()) - names.indexOf(from.toUpperCase()) + 1
      : weekdays.split(',').length;
  return count > 0 ? average.times(count).div(7) : undefined;
}

/** Every enabled rule of the stack that starts the resource at fixed times. */
export const schedulesOf = (target: Resource, stack: Stack): { readonly expression: string; readonly rule: string }[] =>
  [...stack.resources.values()].flatMap((rule) => {
    if (rule.type !== 'AWS::Events::Rule' || text(rule.properties.State, stack) === 'DISABLED') return [];
    const expression = text(rule.properties.ScheduleExpression, stack);
    if (expression === undefined) return [];
    const starts = list(rule.properties.Targets).some(
      (candidate) => referenced(at(candidate, 'Arn'), stack)?.address === target.address,
    );
    return starts ? [{ expression, rule: rule.physicalName ?? rule.logicalId }] : [];
  });
