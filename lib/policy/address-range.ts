/** A block of IPv4 addresses, as the numbers of its first and last address. */
export interface AddressRange {
  readonly cidr: string;
  readonly first: number;
  readonly last: number;
  /** Length of the network prefix, 0 to 32. */
  readonly prefix: number;
}

const octet = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const pattern = new RegExp(`^(${octet}(?:\\.${octet}){3})(?:/(3[0-2]|[12]?\\d))?$`);

/**
 * Reads `a.b.c.d` or `a.b.c.d/n`; an address alone is a block of one.
 *
 * @returns undefined when the text is neither, or when an address bit stands to the right of the prefix
 */
export function parseAddressRange(text: string): AddressRange | undefined {
  const match = pattern.exec(text);
  if (!match?.[1]) return undefined;
  const first = match[1].split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const prefix = match[2] === undefined ? 32 : Number(match[2]);
  const size = 2 ** (32 - prefix);
  return first % size === 0 ? { cidr: text, first, last: first + size - 1, prefix } : undefined;
}

export const overlaps = (a: AddressRange, b: AddressRange): boolean => a.first <= b.last && b.first <= a.last;

/** True when every address of `inner` is one of `outer`. */
export const contains = (outer: AddressRange, inner: AddressRange): boolean =>
  outer.first <= inner.first && inner.last <= outer.last;

/** Private address space, RFC 1918 section 3. */
export const privateRanges: readonly AddressRange[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].flatMap(
  (cidr) => parseAddressRange(cidr) ?? [],
);
