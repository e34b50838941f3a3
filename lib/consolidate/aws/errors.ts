/** Whether a service refused with one of these error names. */
export const serviceError = (error: unknown, ...names: readonly string[]): error is Error =>
  error instanceof Error && names.includes(error.name);

/**
 * The answer, or undefined when the service says that there is no such thing.
 *
 * @param absent error names that mean absence
 */
export async function orAbsent<T>(answer: Promise<T>, ...absent: readonly string[]): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (serviceError(error, ...absent)) return undefined;
    throw error;
  }
}
