import { BlockList, isIPv4 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPrivateAddress } from '../../src/core/address.ts';

describe('an address', () => {
  it.each([
    ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.0.1', '169.254.169.254', '0.0.0.0'],
    ...['100.64.0.1', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255', '192.0.2.1'],
    ...['::', '::1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd12:3456::1', 'ff02::1', '2001:db8::1', '3fff::1'],
    ...['::ffff:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:ffff:10.0.0.1', '::FFFF:169.254.169.254', '::127.0.0.1'],
    ...['64:ff9b::10.0.0.1', '2002:7f00:1::', '2001::1', '2001:0:4136:e378::1'],
  ])('is private: %s', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each([
    ...['1.1.1.1', '8.8.8.8', '172.15.255.255', '172.32.0.0', '100.128.0.1', '223.255.255.255', '192.0.1.1'],
    ...['2606:4700:4700::1111', '2a00:1450:4001::200e', '2001:4860:4860::8888', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8'],
    ...['2002:808:808::', '2400:cb00:2048:1:0:0:c629:d7a2'],
  ])('is of the open internet: %s', (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });

  it.each([
    '',
    'localhost',
    '1.2.3',
    '1.2.3.256',
    '1.2.3.4.5',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    ':::',
    '12345::',
    'g::1',
    '2606:4700:::1',
    '1:2:3:4:5:6:7::8:9',
  ])('is refused when it is none: %j', (text) => {
    expect(isPrivateAddress(text)).toBe(true);
  });

  it('of version 4 agrees with the ranges as node reads them', () => {
    const closed = new BlockList();
    for (const range of [
      '0.0.0.0/8',
      '10.0.0.0/8',
      '100.64.0.0/10',
      '127.0.0.0/8',
      '169.254.0.0/16',
      '172.16.0.0/12',
      '192.0.0.0/24',
      '192.0.2.0/24',
      '192.168.0.0/16',
      '198.18.0.0/15',
      '198.51.100.0/24',
      '203.0.113.0/24',
      '224.0.0.0/4',
      '240.0.0.0/4',
    ]) {
      const [net = '', prefix = ''] = range.split('/');
      closed.addSubnet(net, Number(prefix));
    }
    const address = fc.oneof(
      fc.ipV4(),
      fc
        .tuple(fc.constantFrom('10', '100', '169', '172', '192', '198', '203'), fc.ipV4())
        .map(([first, rest]) => rest.replace(/^\d+/, first)),
    );
    fc.assert(
      fc.property(address, (text) => isPrivateAddress(text) === closed.check(text, 'ipv4')),
      { numRuns: 500 },
    );
  });

  it('of version 6 is judged alike in every notation', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        if (isIPv4(text)) return;
        const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1);
        expect(isPrivateAddress(text)).toBe(isPrivateAddress(canonical));
        const first = Number.parseInt(canonical.split(':')[0] || '0', 16);
        if (first >= 0x2003 && first < 0x3fff) expect(isPrivateAddress(text)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
