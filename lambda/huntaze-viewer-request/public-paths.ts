/** Paths that need no token; `below` opens everything under the path too. */
const publicPaths: readonly { readonly path: string; readonly below: boolean }[] = [
  { path: '/login', below: false },
  { path: '/register', below: false },
  { path: '/public', below: true },
  { path: '/api/health', below: false },
];

/**
 * Whether a request path, as the viewer sent it, is open without a token.
 *
 * Only a path that every server reads alike can be public. CloudFront passes the path on unchanged, and the origin may
 * decode it, collapse slashes or resolve dots: a path that such a step would change needs a token, wherever it leads.
 */
export function isPublicPath(uri: string): boolean {
  const segments = plainSegments(uri);
  if (!segments) return false;
  return publicPaths.some(({ path, below }) => {
    const wanted = path.slice(1).split('/');
    return (
      wanted.every((segment, index) => segments[index] === segment) && (below || segments.length === wanted.length)
    );
  });
}

/** Decoded segments of an absolute path, one trailing slash ignored; undefined when the path can be read in two ways. */
function plainSegments(uri: string): string[] | undefined {
  const raw = uri.split('/');
  if (raw.shift() !== '') return undefined;
  if (raw.length > 1 && raw.at(-1) === '') raw.pop();
  const segments = raw.map(decode);
  return segments.every((segment): segment is string => segment !== undefined && isPlain(segment))
    ? segments
    : undefined;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/**
 * No empty or dot segment; nothing that separates, ends or parametrises a path to some server (`/ \ ; ? #`); no percent
 * sign, which a second decoding would read; no control character.
 */
function isPlain(segment: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  return segment !== '' && segment !== '.' && segment !== '..' && !/[/\\;?#%\u0000-\u001f\u007f]/.test(segment);
}
