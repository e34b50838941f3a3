import { isAbsolute, relative, resolve } from 'node:path';
import { isObject } from '../json';
import type { SourceLocation } from '../model';

/** A frame of a stack trace, in CDK's short form or in Node's: `new Table (lib/table.ts:24:22)`. */
const frame = /\(?((?:[A-Za-z]:)?[^\s():]+\.[cm]?[jt]sx?):(\d+):(\d+)\)?$/;
const ofLibrary = /node_modules|aws-cdk-lib|node:internal|node internals/;

/** Where the code stands that made a construct; undefined where the tree holds no trace. */
export function sourceLocation(entries: readonly unknown[], treeDirectory: string): SourceLocation | undefined {
  for (const line of entries.flatMap(traceOf)) {
    const [, file, row, column] = ofLibrary.test(line) ? [] : (frame.exec(line.trim()) ?? []);
    const path = file && relativePath(file, treeDirectory);
    if (path && row) return { file: path, line: Number(row), ...(column && { column: Number(column) }) };
  }
  return undefined;
}

function traceOf(entry: unknown): readonly string[] {
  if (!isObject(entry)) return [];
  const trace = entry.type === 'aws:cdk:creationStack' ? entry.data : entry.trace;
  return Array.isArray(trace) ? trace.filter((line) => typeof line === 'string') : [];
}

/** Traces of older CDKs hold absolute paths: only what lies beside the tree is named, never a machine's folders. */
function relativePath(file: string, treeDirectory: string): string | undefined {
  if (!isAbsolute(file)) return file.replace(/^\.\//, '');
  const path = relative(resolve(treeDirectory, '..'), file);
  return path.startsWith('..') || isAbsolute(path) ? undefined : path;
}
