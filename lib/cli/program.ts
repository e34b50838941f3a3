import { Command } from 'commander';
import { adoptCommand } from './adopt';
import { auditCommand } from './audit';
import { ciCommand } from './ci';
import { consolidateCommand } from './consolidate';
import { costCommand } from './cost';
import { hybridCommand } from './hybrid';
import { rehearseCommand } from './rehearse';
import { reportCommand } from './report';
import { reviewCommand } from './review';

/** Every command of the estate, one file for each. */
const commands = [
  rehearseCommand,
  auditCommand,
  reportCommand,
  hybridCommand,
  adoptCommand,
  reviewCommand,
  ciCommand,
  costCommand,
  consolidateCommand,
];

/** The one door for people: `npx estate <command>`. */
export function estateProgram(): Command {
  const program = new Command('estate')
    .description('The Huntaze estate on AWS and Azure.')
    .showHelpAfterError('Run with --help for what is known.');
  for (const command of commands) {
    const added = command().copyInheritedSettings(program);
    for (const nested of added.commands) nested.copyInheritedSettings(program);
    program.addCommand(added);
  }
  return program;
}
