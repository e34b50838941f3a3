import type { Tracer } from '@aws-lambda-powertools/tracer';

/**
 * Notes values on the invocation's trace, in a subsegment: Lambda's own segment takes none. Does nothing where the
 * invocation is not traced.
 */
export function annotate(tracer: Tracer, annotations: Readonly<Record<string, string | boolean>>): void {
  // Outside of a sampled request the SDK has no segment and would complain about it in the log.
  if (!tracer.isTracingEnabled() || !process.env._X_AMZN_TRACE_ID) return;
  const segment = tracer.getSegment();
  if (!segment) return;
  const subsegment = segment.addNewSubsegment('## read');
  for (const [name, value] of Object.entries(annotations)) subsegment.addAnnotation(name, value);
  subsegment.close();
}
