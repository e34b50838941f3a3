import { readFileSync, realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { isObject, type JsonObject } from '../json';
import { ReviewError } from '../model';

/**
 * A file of a tree, as JSON.
 *
 * @throws ReviewError when the file is missing, is no JSON, or holds something other than an object
 */
export function readJson(path: string, what: string): JsonObject {
  const text = readText(path, what);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ReviewError(`${what} is no whole JSON (${reason(error)}), got: ${path}. Synthesize the tree again.`);
  }
  if (!isObject(value)) throw new ReviewError(`${what} holds no object, got: ${path}. Synthesize the tree again.`);
  return value;
}

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ReviewError(`${what} cannot be read (${reason(error)}), got: ${path}. Synthesize the tree again.`);
  }
}

/**
 * A path that a manifest names, held inside the tree: a manifest from a fork must not lead the reader elsewhere.
 *
 * @throws ReviewError for a path that leaves the tree
 */
export function inside(root: string, directory: string, name: string, what: string): string {
  const path = resolve(directory, name);
  const real = realPath(path);
  const way = relative(realPath(root), real);
  if (way.startsWith('..') || isAbsolute(way)) {
    throw new ReviewError(`${what} lies outside the tree, got: ${name}. Copy it into the tree.`);
  }
  return path;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

const reason = (error: unknown): string =>
  (error instanceof Error ? error.message.split('\n')[0] : String(error)) ?? '';
