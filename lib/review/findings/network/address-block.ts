import { BlockList, isIP } from 'node:net';

/** Blocks of which an address is anywhere on the internet. */
const anywhere = new Set(['0.0.0.0/0', '::/0', '*', 'internet', 'any', '0.0.0.0']);

export const isAnywhere = (peer: string): boolean => anywhere.has(peer.toLowerCase());

interface Block {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

function parse(text: string): Block | undefined {
  const [address = '', length] = text.split('/');
  const version = isIP(address);
  if (version === 0) return undefined;
  const longest = version === 4 ? 32 : 128;
  const prefix = length === undefined ? longest : Number(length);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > longest) return undefined;
  return { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

/** Whether every address of `narrow` is one of `wide`. Equal texts always are; words only then. */
export function blockCovers(wide: string, narrow: string): boolean {
  if (wide === narrow) return true;
  if (wide === '*' || wide.toLowerCase() === 'any') return true;
  const [outer, inner] = [parse(wide), parse(narrow)];
  if (outer === undefined || inner === undefined || outer.family !== inner.family || outer.prefix > inner.prefix)
    return false;
  const list = new BlockList();
  list.addSubnet(outer.address, outer.prefix, outer.family);
  return list.check(inner.address, inner.family);
}

/** `10.0.0.0/8 (16,777,216 addresses)`, `anywhere on the internet (0.0.0.0/0)`. */
export function peerWords(peer: string): string {
  if (isAnywhere(peer))
    return peer === '::/0' ? 'anywhere on the internet (IPv6, ::/0)' : `anywhere on the internet (${peer})`;
  const block = parse(peer);
  if (block === undefined || block.family === 'ipv6') return peer;
  const addresses = 2 ** (32 - block.prefix);
  return addresses === 1 ? `the address ${peer}` : `${peer} (${addresses.toLocaleString('en-US')} addresses)`;
}
