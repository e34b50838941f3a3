/** A template without what changes with every edit of a handler: asset hashes, and the ids of versions made from them. */
export function normalised(template: unknown): unknown {
  return JSON.parse(
    JSON.stringify(template)
      .replace(/[0-9a-f]{64}/g, '<asset hash>')
      .replace(/(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g, '$1<code hash>'),
  );
}
