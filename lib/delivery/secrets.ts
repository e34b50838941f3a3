import { spawn } from 'node:child_process';
import { lintSource } from '@secretlint/core';
import { creator as recommended } from '@secretlint/secretlint-rule-preset-recommend';
import type { Progress } from '../rehearsal/progress';
import { bareEnvironment, mustRun } from './run';

export interface SecretFinding {
  readonly path: string;
  /** Object id of the text in git. */
  readonly blob: string;
  readonly rule: string;
}

export interface ScanResult {
  /** Texts looked at: every version of every file that any commit holds. */
  readonly scanned: number;
  readonly findings: readonly SecretFinding[];
}

/** Texts that look like a secret and are none. */
export const explainedSecrets: readonly { readonly path: string; readonly rule: RegExp; readonly reason: string }[] = [
  {
    path: 'test/unit/lambda/prisma-read/database-url.test.ts',
    rule: /PostgreSQLConnection/,
    reason: 'Made-up addresses below db.example, by which the parser of such addresses is tested.',
  },
];

/** Bytes beyond which a file is no text that somebody wrote. */
const largest = 4 * 1024 ** 2;

/**
 * Looks for secrets in every version of every file that a commit can reach, whatever branch it is on: what was removed
 * again is still in the history.
 *
 * The findings name the rule and never the secret.
 */
export async function scanSecrets(root: string, progress: Progress): Promise<ScanResult> {
  const blobs = await progress.step('list every file of every commit', () => blobsOf(root));
  const findings: SecretFinding[] = [];
  let scanned = 0;
  await progress.step(`look at ${blobs.size} texts`, async () => {
    for await (const { blob, content } of contentsOf(root, [...blobs.keys()])) {
      if (content.length > largest || content.includes(0)) continue;
      scanned += 1;
      const path = blobs.get(blob) ?? '';
      for (const rule of await secretsIn(path, content.toString('utf8'))) {
        const explained = explainedSecrets.some((one) => one.path === path && one.rule.test(rule));
        if (!explained) findings.push({ path, blob, rule });
      }
    }
  });
  return { scanned, findings };
}

/** Rules that find something in a text. */
export async function secretsIn(path: string, content: string): Promise<readonly string[]> {
  const { messages } = await lintSource({
    source: { filePath: path, content, ext: path.slice(path.lastIndexOf('.')), contentType: 'text' },
    options: {
      config: { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: recommended, options: {} }] },
    },
  });
  return [...new Set(messages.map(({ ruleId, messageId }) => `${ruleId} ${messageId}`))];
}

/** Object ids of files, each with one path that it had. */
async function blobsOf(root: string): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await mustRun('git', ['rev-list', '--objects', '--all'], { cwd: root, env: bareEnvironment() });
  const named = stdout
    .split('\n')
    .map((line) => [line.slice(0, 40), line.slice(41)] as const)
    .filter(([id, path]) => id.length === 40 && path !== '');
  return new Map(named);
}

/** Contents of objects that are files; folders are left out. */
async function* contentsOf(
  root: string,
  ids: readonly string[],
): AsyncGenerator<{ readonly blob: string; readonly content: Buffer }> {
  const git = spawn('git', ['cat-file', '--batch', '--buffer'], { cwd: root, env: bareEnvironment() });
  git.stdin.end(`${ids.join('\n')}\n`);
  let pending = Buffer.alloc(0);
  for await (const chunk of git.stdout) {
    pending = Buffer.concat([pending, chunk as Buffer]);
    for (;;) {
      const end = pending.indexOf(10);
      if (end === -1) break;
      const [blob = '', type, size = '0'] = pending.subarray(0, end).toString('latin1').split(' ');
      const next = end + 1 + Number(size) + 1;
      if (pending.length < next) break;
      const content = pending.subarray(end + 1, next - 1);
      pending = pending.subarray(next);
      if (type === 'blob') yield { blob, content };
    }
  }
}
