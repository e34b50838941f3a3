import { z } from 'zod';

/**
 * `blocks`: nothing goes on until it is gone. `decision`: goes on when somebody accepts it by its id. `handled`: the
 * tool takes care of it, and says how.
 */
const gravities = ['blocks', 'decision', 'handled'] as const;

export const findingSchema = z.strictObject({
  /** Stable: `<rule>` or `<rule>:<object>`, such as `no-key:app.audit`. What `--accept` takes. */
  id: z.string().min(1),
  gravity: z.enum(gravities),
  /** What was found, with the object's name and the value. */
  message: z.string().min(1),
  /** What to do about it; for `handled`, what the tool does. */
  remedy: z.string().min(1),
});

/** One thing that the survey found. */
export type Finding = z.infer<typeof findingSchema>;

/** Findings that stand in the way: those that block, and decisions that nobody accepted. */
export const standing = (findings: readonly Finding[], accepted: readonly string[]): Finding[] =>
  findings.filter(({ id, gravity }) => gravity === 'blocks' || (gravity === 'decision' && !accepted.includes(id)));
