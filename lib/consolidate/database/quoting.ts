import { escapeIdentifier, escapeLiteral } from 'pg';

export const identifier = escapeIdentifier;
export const literal = escapeLiteral;
/** `"schema"."name"` */
export const qualified = (schema: string, name: string): string => `${identifier(schema)}.${identifier(name)}`;
