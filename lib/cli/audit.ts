import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import {
  assertAccount,
  auditAccount,
  auditClients,
  isClean,
  type Language,
  languages,
  renderDocument,
  summaryLine,
} from '../audit';
import { partTitles } from '../audit/words';
import { postureSchema } from '../estate/settings';
import { clientOptions, settingsOf } from './account';
import { terminalProgress } from './progress';

interface AuditOptions {
  readonly account?: string;
  readonly posture?: string;
  readonly language: Language;
  readonly out?: string;
  readonly json?: boolean;
}

/** `estate audit` */
export const auditCommand = (): Command =>
  new Command('audit')
    .summary('read a live account and write the audit again, with what appeared, vanished and changed')
    .description(
      'Reads an account with the credentials of the environment, compares it with the inventory, and writes the audit of ' +
        '1 December 2025 again as Markdown. Reads configuration only: every call is on a list, no secret, object or item ' +
        'is read, and values of environment variables are dropped where they arrive.',
    )
    .option('--account <id>', 'settings file to compare with (default: the audited account)')
    .addOption(new Option('--posture <posture>', 'to compare with').choices(postureSchema.options))
    .addOption(new Option('--language <language>', 'of the document').choices(languages).default('en'))
    .option('--out <file>', 'where the document goes (default: standard output)')
    .option('--json', 'the report as JSON instead of the document')
    .addHelpText(
      'after',
      '\nExit code 0: the account is what the inventory says. 2: it differs; the document says where.' +
        '\n1: it could not be read, or the credentials belong to another account than the settings.',
    )
    .action(async ({ account, posture, language, out, json = false }: AuditOptions) => {
      const settings = settingsOf(account, posture);
      const clients = auditClients(clientOptions(settings));
      const progress = terminalProgress();
      await assertAccount(clients, settings, progress.note);
      const report = await progress.step('read the account', () =>
        auditAccount({ settings, clients, onSection: (id) => progress.note(`… ${id}`) }),
      );
      const text = json
        ? `${JSON.stringify(report, null, 2)}\n`
        : `${renderDocument(report, { language, date: new Date(), runtime: settings.runtime })}\n`;
      if (out === undefined) process.stdout.write(text);
      else writeFileSync(resolve(out), text);
      progress.note(summaryLine(partTitles.audit, report.summary.audit));
      progress.note(summaryLine(partTitles.support, report.summary.support));
      process.exitCode = isClean(report) ? 0 : 2;
    });
