/**
 * Values of the environment variables that a function cannot do without, by the caller's own key.
 *
 * @param names key → name of the environment variable.
 * @throws Error that lists every missing variable at once. Values never appear in it: some name secrets.
 */
export function requiredSettings<K extends string>(
  names: Readonly<Record<K, string>>,
  environment: NodeJS.ProcessEnv,
): Record<K, string> {
  const entries = Object.entries(names) as [K, string][];
  const missing = entries.filter(([, name]) => !environment[name]?.trim()).map(([, name]) => name);
  if (missing.length > 0) {
    throw new Error(
      `Environment variables are missing or empty, got none for: ${missing.join(', ')}. Set them on the function.`,
    );
  }
  return Object.fromEntries(entries.map(([key, name]) => [key, environment[name]?.trim()])) as Record<K, string>;
}
