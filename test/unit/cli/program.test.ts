import { estateProgram } from '../../../lib/cli/program';

async function run(...args: readonly string[]) {
  const said = { out: '', error: '' };
  const program = estateProgram();
  for (const command of [program, ...program.commands.flatMap((each) => [each, ...each.commands])]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => {
        said.out += text;
      },
      writeErr: (text) => {
        said.error += text;
      },
    });
  }
  const exitCode = await program.parseAsync(args, { from: 'user' }).then(
    () => 0,
    (error: { exitCode: number }) => error.exitCode,
  );
  return { ...said, exitCode };
}

describe('estate', () => {
  test.each([
    [['--help'], 'rehearse'],
    [['rehearse', '--help'], '--posture'],
    [['rehearse', '--help'], '--json'],
    [['rehearse', '--help'], '--keep'],
    [['rehearse', '--help'], '--no-traffic'],
    [['rehearse', '--help'], 'Exit code 0'],
    [['adopt', '--help'], 'look-up'],
    [['adopt', 'run', '--help'], '--execute'],
    [['adopt', 'prove', '--help'], 'Exit code 0: proven'],
    [['rehearse', '--help'], '--adopt'],
    [['audit', '--help'], '--language'],
    [['audit', '--help'], 'Exit code 0'],
    [['hybrid', '--help'], 'federation'],
    [['hybrid', 'check', '--help'], 'Exit code 0'],
    [['hybrid', 'federation', '--help'], '--disable'],
    [['hybrid', 'tunnels', '--help'], 'Exit code 0'],
    [['cost', '--help'], '--tree'],
    [['cost', '--help'], 'Exit code 0'],
  ])('%j tells %s', async (args, expected) => {
    const { out, exitCode } = await run(...args);
    expect(out).toContain(expected);
    expect(exitCode).toBe(0);
  });

  test.each([
    ['an unknown command', ['rehears'], "unknown command 'rehears'"],
    ['an unknown posture', ['rehearse', '--posture', 'lax'], 'Allowed choices are audited, hardened.'],
    ['an import without facts', ['adopt', 'run'], "required option '--facts <file>' not specified"],
    ['a rehearsed adoption of one posture', ['rehearse', '--adopt', '--posture', 'audited'], 'cannot be used with'],
    ['a rehearsed adoption without traffic', ['rehearse', '--adopt', '--no-traffic'], 'cannot be used with'],
    ['an unknown language', ['audit', '--language', 'de'], 'Allowed choices are en, fr.'],
    ['no round at all', ['rehearse', '--rounds', '0'], 'a whole number above zero, got: 0'],
    ['a posture for given trees', ['cost', '--tree', 'x', '--posture', 'audited'], 'cannot be used with option'],
    ['an unknown option', ['rehearse', '--fast'], "unknown option '--fast'"],
    ['on and off at once', ['hybrid', 'federation', '--enable', '--disable'], "cannot be used with option '--disable'"],
    ['no file for the report', ['rehearse', '--json'], "option '--json <file>' argument missing"],
  ])('refuses %s and points to the help', async (_title, args, message) => {
    const { error, exitCode } = await run(...args);
    expect(error).toContain(message);
    expect(error).toContain('--help');
    expect(exitCode).toBe(1);
  });
});
