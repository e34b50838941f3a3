import { z } from 'zod';

/** Hexadecimal SHA-256. */
export const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** Commit of git. */
export const commitSchema = z.string().regex(/^[0-9a-f]{40}$/, 'a commit, forty hexadecimal digits');
