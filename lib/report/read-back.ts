import { z } from 'zod';
import type { AuditReport } from '../audit';

/** As much of a read-back as the page relies on; the rest is shown as it is. */
const auditSchema = z.looseObject({
  schemaVersion: z.literal(1),
  account: z.string(),
  sections: z.array(
    z.looseObject({
      id: z.string(),
      rows: z.array(
        z.looseObject({
          name: z.string(),
          verdict: z.string(),
          differences: z.array(z.unknown()),
          exempt: z.array(z.unknown()),
        }),
      ),
    }),
  ),
});

/** A rehearsal holds its read-back under `audit`; the report of an account is one itself. */
const reportSchema = z.union([z.looseObject({ audit: auditSchema }).transform(({ audit }) => audit), auditSchema]);

/**
 * The read-back in a JSON report.
 *
 * @param source where the text came from, for the error
 * @throws when the text is no report of a rehearsal or of an account
 */
export function readBackOf(source: string, text: string): AuditReport {
  const result = reportSchema.safeParse(parsed(text));
  if (result.success) return result.data as unknown as AuditReport;
  throw new Error(
    `The read-back is no report of estate rehearse or estate audit, got: ${source}. Make one with npm run rehearse.`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
