import { Command } from 'commander';
import { inVpcCommand, watchCommand } from '../../../lib/cli/consolidate-vpc';

/** As `estate consolidate` holds them. */
const program = () =>
  new Command('consolidate')
    .enablePositionalOptions()
    .exitOverride()
    .addCommand(inVpcCommand().exitOverride())
    .addCommand(watchCommand().exitOverride());

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

test.each(['in-vpc', 'watch'])('%s has help with its exit codes or what it changes', (name) => {
  const command = program().commands.find((candidate) => candidate.name() === name);
  expect(command?.helpInformation()).toContain('--account');
  expect(command?.description()).not.toBe('');
});

test.each<[string, string[], string]>([
  ['no sub-command', ['in-vpc'], 'bad-input: A task needs a sub-command, got: none.'],
  [
    'the phase off',
    ['in-vpc', 'run', '--until', 'catch-up'],
    'entry-check: The task has no rights while databases.consolidation.phase is off, got: off.',
  ],
])('%s: refused before anything is asked, with account, region and remedy', async (_, args, message) => {
  await program().parseAsync(args, { from: 'user' });
  expect(errors[0]).toBe('Account 317805897534, region us-east-1.');
  expect(errors[1]).toContain(message);
  expect(errors[1]).toContain('→ ');
  expect(process.exitCode).toBe(3);
});
