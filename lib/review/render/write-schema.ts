import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reviewReportJsonSchema } from './json';

// `npm run schemas`: the published schema, after the model has changed.
writeFileSync(
  join(__dirname, 'review-report.schema.json'),
  `${JSON.stringify(reviewReportJsonSchema(), undefined, 2)}\n`,
);
