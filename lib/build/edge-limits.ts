import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export type EdgeEventType = 'viewer-request' | 'origin-response';

const mebibyte = 1024 * 1024;

/**
 * Largest package per event type, in bytes (CloudFront Developer Guide, "Quotas on Lambda@Edge": 1 MB for viewer events,
 * 50 MB for origin events, both zipped). The unzipped folder is measured here, which is stricter and needs no archive.
 */
const packageLimits: Readonly<Record<EdgeEventType, number>> = {
  'viewer-request': mebibyte,
  'origin-response': 50 * mebibyte,
};

/**
 * Holds a bundled folder against what Lambda@Edge refuses only when CloudFront first takes the version.
 * @throws Error when the folder is too large, reads environment variables, or needs the AWS SDK.
 */
export function assertEdgeLimits(folder: string, eventType: EdgeEventType): void {
  const files = readdirSync(folder).map((name) => join(folder, name));
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const limit = packageLimits[eventType];
  if (bytes > limit) {
    throw new Error(`The ${eventType} package ${folder} may hold ${limit} bytes, got: ${bytes}. Import less into it.`);
  }
  for (const file of files.filter((path) => path.endsWith('.js'))) {
    const text = readFileSync(file, 'utf8');
    const found = [/\bprocess\.env\b/, /require\("@(aws-sdk|smithy)\//]
      .map((pattern) => pattern.exec(text)?.[0])
      .find(Boolean);
    if (found) {
      throw new Error(
        `Lambda@Edge has no environment variables, and a package that starts at every location carries no AWS SDK, ` +
          `got: ${found} in ${file}. Put the value into the edge configuration.`,
      );
    }
  }
}
