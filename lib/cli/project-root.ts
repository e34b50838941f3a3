import { resolve } from 'node:path';

/** Root of this checkout. */
export const projectRoot = resolve(__dirname, '..', '..');
