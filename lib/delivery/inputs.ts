import { z } from 'zod';
import { commitSchema } from './schemas';

/** Values that a workflow hands over, by the names of their variables. All of them are judged before any is used. */
const inputs = {
  GITHUB_REPOSITORY: z.string().regex(/^[A-Za-z0-9-]{1,39}\/[A-Za-z0-9._-]{1,100}$/, 'owner/name of a repository'),
  GITHUB_TOKEN: z.string().min(1, 'the token of the job'),
  GITHUB_API_URL: z.url().default('https://api.github.com'),
  GITHUB_SERVER_URL: z.url().default('https://github.com'),
  GITHUB_RUN_ID: z.coerce.number().int().positive(),
  /** Commit that a pull request's run tested, from the event and never from its artifact. */
  HEAD_SHA: commitSchema,
  /** Run of the pull request's workflow, from the event. */
  HEAD_RUN_ID: z.coerce.number().int().positive(),
} as const;

type InputName = keyof typeof inputs;
type Inputs<N extends InputName> = { readonly [K in N]: z.output<(typeof inputs)[K]> };

/**
 * The named variables of a job.
 *
 * @throws naming each variable that is missing or malformed; a token is never shown
 */
export function readInputs<N extends InputName>(
  names: readonly N[],
  environment: NodeJS.ProcessEnv = process.env,
): Inputs<N> {
  const shape = Object.fromEntries(names.map((name) => [name, inputs[name]]));
  const result = z.object(shape).safeParse(environment);
  if (result.success) return result.data as Inputs<N>;
  const lines = result.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    const value = name === 'GITHUB_TOKEN' ? '(not shown)' : JSON.stringify(environment[name]);
    return `  ${name}: ${message}, got: ${value}`;
  });
  throw new Error(`The job's variables are not valid:\n${lines.join('\n')}\nThe workflow that calls this sets them.`);
}
