import { compare, unusedExemptions } from '../../../lib/audit/compare';
import type { AuditedRow, Exemption, Expectation, Properties } from '../../../lib/audit/model';

const modelled = (properties: Properties): Expectation => ({ kind: 'modelled', name: 'row', label: '', properties });

const exempt = (property: string, rows?: readonly string[]): Exemption => ({
  section: 'buckets',
  property,
  reason: 'the emulator has no such call',
  ...(rows ? { rows } : {}),
});

describe('verdict of a row', () => {
  test.each<[string, Expectation, Properties | undefined, AuditedRow['verdict']]>([
    ['every property as expected', modelled({ a: 1, b: ['x'] }), { a: 1, b: ['x'] }, 'matched'],
    ['keys of an object in another order', modelled({ a: { x: 1, y: 2 } }), { a: { y: 2, x: 1 } }, 'matched'],
    ['a property that nobody expects', modelled({ a: 1 }), { a: 1, b: 2 }, 'matched'],
    ['a wrong value', modelled({ a: 1 }), { a: 2 }, 'mismatch'],
    ['a wrong type', modelled({ a: 1 }), { a: '1' }, 'mismatch'],
    ['an absent property', modelled({ a: 1 }), {}, 'mismatch'],
    ['a longer list', modelled({ a: ['x'] }), { a: ['x', 'y'] }, 'mismatch'],
    ['false where absence is expected', modelled({ a: null }), { a: false }, 'mismatch'],
    ['no resource', modelled({ a: 1 }), undefined, 'missing'],
    ['no resource, nothing expected of it', modelled({}), undefined, 'missing'],
    ['a pending row', { kind: 'pending', name: 'row', label: '', reason: 'later' }, undefined, 'pending'],
    [
      'a row that is inventory only',
      { kind: 'not modelled', name: 'row', label: '', reason: 'foreign' },
      undefined,
      'not modelled',
    ],
  ])('%s', (_title, expectation, actual, verdict) => {
    expect(compare(expectation, actual).verdict).toBe(verdict);
  });

  test('a difference names property, expected and actual', () => {
    expect(compare(modelled({ a: 1, b: true, c: 'x' }), { a: 1, b: false }).differences).toEqual([
      { property: 'b', expected: true, actual: false },
      { property: 'c', expected: 'x', actual: null },
    ]);
  });
});

describe('exemption', () => {
  test('shows the property with its reason, beside what matched', () => {
    const row = compare(modelled({ a: 1, b: 2 }), { a: 1, b: null }, [exempt('b')]);
    expect(row).toMatchObject({
      verdict: 'matched',
      differences: [],
      exempt: [{ property: 'b', expected: 2, actual: null, reason: 'the emulator has no such call' }],
    });
  });

  test.each([
    ['another property', [exempt('a')]],
    ['another row', [exempt('b', ['other'])]],
  ])('of %s leaves the mismatch', (_title, exemptions) => {
    expect(compare(modelled({ a: 1, b: 2 }), { a: 1, b: 3 }, exemptions).verdict).toBe('mismatch');
  });

  test('does not hide a missing resource', () => {
    expect(compare(modelled({ b: 2 }), undefined, [exempt('b')]).verdict).toBe('missing');
  });

  test.each<[string, Exemption, number]>([
    ['needed', exempt('b'), 0],
    ['of a property that holds', exempt('a'), 1],
    ['of a property that nobody expects', exempt('z'), 1],
    ['of a row that does not exist', exempt('b', ['other']), 1],
  ])('%s', (_title, exemption, unused) => {
    const rows = [compare(modelled({ a: 1, b: 2 }), { a: 1, b: 3 }, [exemption])];
    expect(unusedExemptions([exemption], new Map([['buckets', rows]]))).toHaveLength(unused);
  });
});
