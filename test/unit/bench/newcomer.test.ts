import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandsBelow } from '../../../bench/newcomer';
import { projectRoot } from '../../support/estate';

const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');

test('finds the commands that README gives a newcomer, without what stands behind them', () => {
  expect(commandsBelow(readme, 'Two commands')).toEqual(['npm ci && npm run rehearse', 'npm ci && npm test']);
});

test('finds where a newcomer changes something, between the two synths that the review compares', () => {
  const lines = commandsBelow(readme, 'Review a change');
  expect(lines.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
    'npm run ci:synth',
    '# change something',
    'npm run ci:synth',
    'npx estate review',
  ]);
});

test('a heading without commands is named', () => {
  expect(() => commandsBelow('# A\n\ntext', 'A')).toThrow(/no commands below the heading, got: A/);
  expect(() => commandsBelow(readme, 'Nowhere')).toThrow(/got: Nowhere/);
});
