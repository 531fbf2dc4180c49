/** Ranges of IPv4 that lead to no host on the open internet. Source: IANA, Special-Purpose Address Registry. */
const CLOSED_V4: readonly (readonly [base: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/**
 * Whether an IP address is private, loopback, link-local or otherwise not of the open internet; so is a text that is no
 * address. An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) counts as itself.
 */
export function isPrivateAddress(address: string): boolean {
  const v4 = numberOfV4(address);
  if (v4 !== null) return isClosedV4(v4);
  const groups = groupsOfV6(address.toLowerCase());
  if (groups === null) return true;
  const [first = 0, second = 0, third = 0, , , , seventh = 0, eighth = 0] = groups;
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  const isNat64 = first === 0x64 && second === 0xff9b && groups.slice(2, 6).every((group) => group === 0);
  if (isMapped || isNat64) return isClosedV4(seventh * 0x10000 + eighth);
  if (first === 0x2002) return isClosedV4(second * 0x10000 + third);
  // Outside 2000::/3 nothing is global; inside, Teredo and its neighbours (2001::/23) and the documentation's ranges are not.
  if (first < 0x2000 || first > 0x3fff) return true;
  return (first === 0x2001 && (second < 0x200 || second === 0xdb8)) || (first === 0x3fff && second < 0x1000);
}

/** Null when the text is no dotted IPv4 address. */
function numberOfV4(text: string): number | null {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return null;
  const parts = text.split('.').map(Number);
  if (parts.some((part) => part > 255)) return null;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

function isClosedV4(address: number): boolean {
  return CLOSED_V4.some(([base, bits]) => {
    const size = 2 ** (32 - bits);
    return Math.floor(address / size) === Math.floor((numberOfV4(base) ?? 0) / size);
  });
}

/** The eight groups of 16 bits; null when the text is no IPv6 address without a zone. */
function groupsOfV6(text: string): readonly number[] | null {
  const [, head = '', tail] = /^([0-9a-f:]+:)(\d+\.\d+\.\d+\.\d+)$/.exec(text) ?? [];
  const v4 = tail === undefined ? null : numberOfV4(tail);
  if (tail !== undefined && v4 === null) return null;
  const plain = v4 === null ? text : `${head}${Math.floor(v4 / 0x10000).toString(16)}:${(v4 % 0x10000).toString(16)}`;
  const halves = plain.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const [left = [], right = []] = halves;
  const missing = 8 - left.length - right.length;
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) return null;
  const groups = [...left, ...new Array<string>(missing).fill('0'), ...right];
  return groups.every((group) => /^[0-9a-f]{1,4}$/.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : null;
}
