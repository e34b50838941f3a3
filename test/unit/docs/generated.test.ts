import { withGenerated } from '../../../lib/docs/generated';

const empty = '# A\n\n<!-- generated: one -->\n<!-- end -->\n\ntext\n';

test('fills a block, and fills it again to the same bytes', () => {
  const once = withGenerated(empty, { one: 'picture' });
  expect(once).toBe('# A\n\n<!-- generated: one -->\n\npicture\n\n<!-- end -->\n\ntext\n');
  expect(withGenerated(once, { one: 'picture' })).toBe(once);
  expect(withGenerated(once, { one: '$& stays' })).toContain('$& stays');
});

test.each([
  ['a block that nothing makes', {}, 'No such generated block, got: one.'],
  ['a block that the document lacks', { one: '', two: '' }, 'lacks a generated block, got: two.'],
])('throws for %s', (_, blocks, message) => {
  expect(() => withGenerated(empty, blocks as Record<string, string>)).toThrow(message);
});
