import { Command } from 'commander';
import { taskCommand } from '../../../lib/cli/consolidate-task';

/** As `estate consolidate` holds them. */
const program = () => new Command('consolidate').exitOverride().addCommand(taskCommand().exitOverride());

const realEnvironment = process.env;
let errors: string[];
beforeEach(() => {
  errors = [];
  jest.spyOn(console, 'error').mockImplementation((line: string) => void errors.push(line));
  process.exitCode = undefined;
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env = realEnvironment;
  process.exitCode = undefined;
});

test('has help with its exit codes', () => {
  const [command] = program().commands;
  expect(command?.helpInformation()).toContain('--follow');
});

test.each<[string, string[], string, number]>([
  ['no sub-command', ['task'], 'Stopped [bad-input]: A task needs a sub-command, got: none.', 2],
  [
    'the phase off',
    ['task', '--', 'run', '--until', 'catch-up'],
    'Stopped [entry-check]: The task has no rights while databases.consolidation.phase is off, got: off.',
    1,
  ],
])('%s: refused before anything is asked, with account, region and remedy', async (_, args, message, exitCode) => {
  await program().parseAsync(args, { from: 'user' });
  expect(errors[0]).toBe('Account 317805897534, region us-east-1.');
  expect(errors[1]).toContain(message);
  expect(errors[1]).toContain('→ ');
  expect(process.exitCode).toBe(exitCode);
});
