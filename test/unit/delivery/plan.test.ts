import type { PlannedChange } from '../../../lib/delivery/change-sets';
import { unapprovedChanges } from '../../../lib/delivery/plan';

const change = (action: string, replacement?: string, more: Partial<PlannedChange> = {}): PlannedChange => ({
  logicalId: 'Queue',
  type: 'AWS::SQS::Queue',
  action,
  ...(replacement === undefined ? {} : { replacement }),
  ...more,
});

test.each<[string, PlannedChange]>([
  ['what is added', change('Add')],
  ['what is changed in place', change('Modify', 'False')],
  ['a change of which CloudFormation says nothing more', change('Modify')],
])('%s follows from the bytes that were approved', (_, fresh) => {
  expect(unapprovedChanges([], [fresh])).toEqual([]);
});

const costly: [string, PlannedChange][] = [
  ['a removal', change('Remove')],
  ['a replacement', change('Modify', 'True')],
  ['a possible replacement', change('Modify', 'Conditional')],
  ['an import', change('Import')],
  ['a change that is only known at execution', change('Dynamic')],
];

test.each(costly)('%s that was shown is approved', (_, fresh) => {
  expect(unapprovedChanges([fresh], [fresh])).toEqual([]);
});

test.each(costly)('%s that nobody was shown is not', (_, fresh) => {
  expect(unapprovedChanges([], [fresh])).toEqual([fresh]);
});

test.each<[string, PlannedChange]>([
  ['another resource', change('Modify', 'True', { logicalId: 'Other' })],
  ['another type', change('Modify', 'True', { type: 'AWS::SNS::Topic' })],
  ['another action', change('Remove')],
  ['a replacement that was only possible', change('Modify', 'Conditional')],
])('an approval of %s does not cover a replacement', (_, approved) => {
  const fresh = change('Modify', 'True');
  expect(unapprovedChanges([approved], [fresh])).toEqual([fresh]);
});

test('what was approved and is not needed any more is nothing to stop for', () => {
  expect(unapprovedChanges([change('Remove')], [])).toEqual([]);
});
