import { appendFileSync } from 'node:fs';

/**
 * Tells later steps and jobs a value, where a workflow runs; elsewhere it is only printed.
 *
 * @throws when the value holds anything that the file's format would take for another entry
 */
export function setOutput(
  name: string,
  value: string,
  note: (line: string) => void,
  environment: NodeJS.ProcessEnv = process.env,
): void {
  if (!/^[a-z0-9-]+$/.test(name) || !/^[A-Za-z0-9._:/-]*$/.test(value)) {
    throw new Error(`An output is a word, got: ${JSON.stringify(name)} ${JSON.stringify(value)}.`);
  }
  note(`${name}=${value}`);
  if (environment.GITHUB_OUTPUT) appendFileSync(environment.GITHUB_OUTPUT, `${name}=${value}\n`);
}

/** Shows Markdown on the page of the run, where a workflow runs. */
export function addSummary(markdown: string, environment: NodeJS.ProcessEnv = process.env): void {
  if (environment.GITHUB_STEP_SUMMARY) appendFileSync(environment.GITHUB_STEP_SUMMARY, `${markdown}\n`);
}
