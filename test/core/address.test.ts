import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddress, parseAddress, parseIp } from '../../src/core/address.ts';

describe('parseIp', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['::1', '::1'],
    ['::', '::'],
    ['[fd00::1]', 'fd00::1'],
    ['FD00:0:0:0:0:0:0:1', 'fd00::1'],
    ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    // The longest run of zeros is compressed, the first of two equal ones, and never a single group.
    ['2001:db8:0:0:1:0:0:0', '2001:db8:0:0:1::'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    // Mapped IPv4 keeps its dots, as Envoy writes it.
    ['::ffff:10.0.0.1', '::ffff:10.0.0.1'],
    ['::FFFF:0a00:0001', '::ffff:10.0.0.1'],
    ['64:ff9b::10.0.0.1', '64:ff9b::a00:1'],
  ])('reads %s as %s', (text, ip) => {
    expect(parseIp(text)).toBe(ip);
  });

  test.each([
    '',
    'localhost',
    'vllm.default.svc',
    '10.0.0',
    '10.0.0.1.',
    '10.0.0.256',
    '10.0.0.1.2',
    '010.0.0.1',
    '10.0.0.00',
    '0x0a.0.0.1',
    '167772161',
    '10.0.0.1 ',
    '[10.0.0.1]',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'g::',
    'fe80::1%eth0',
    'fe80::1%25eth0',
    '[::1',
    '::1]',
    '::10.0.0.01',
    '::10.0.0.1:1',
    '::1/64',
    '::1\n',
  ])('refuses %j', (text) => {
    expect(parseIp(text)).toBeUndefined();
  });

  test('accepts what Node takes for an address, zone ids apart, and is stable', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const ip = parseIp(text) ?? '';
        expect(isIPv4(ip) || isIPv6(ip)).toBe(true);
        expect(parseIp(ip)).toBe(ip);
        expect(ip).toBe(ip.toLowerCase());
      }),
    );
  });

  test('means the same address as the text it was read from', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        expect(bits(parseIp(text) ?? '')).toEqual(bits(text));
      }),
    );
  });

  test('accepts nothing that Node does not', () => {
    const alphabet = fc.constantFrom('0', '1', '10', '255', 'f', 'F', ':', '::', '.', '[', ']', '%', 'x');
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 16 }), (parts) => {
        const text = parts.join('');
        const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
        const known = isIPv4(text) || (isIPv6(bare) && !bare.includes('%'));
        expect(parseIp(text) !== undefined).toBe(known);
      }),
      { numRuns: 1000 },
    );
  });
});

/** The address in a form that does not depend on its spelling. */
function bits(text: string): string {
  return new SocketAddress({ address: text, family: 'ipv6' }).address;
}

describe('parseAddress', () => {
  test.each([
    ['10.0.0.1:8000', '10.0.0.1:8000'],
    ['10.0.0.1:1', '10.0.0.1:1'],
    ['10.0.0.1:65535', '10.0.0.1:65535'],
    ['[::1]:8000', '[::1]:8000'],
    ['[FD00:0::0:1]:8000', '[fd00::1]:8000'],
  ])('reads %s as %s', (text, address) => {
    expect(parseAddress(text)).toBe(address);
  });

  test.each([
    '',
    '10.0.0.1',
    '10.0.0.1:',
    '10.0.0.1:0',
    '10.0.0.1:65536',
    '10.0.0.1:080',
    '10.0.0.1:+80',
    '10.0.0.1:8e3',
    '10.0.0.1:8000 ',
    '[10.0.0.1]:8000',
    'localhost:8000',
    '::1',
    '::1:8000',
    '[::1]',
    '[::1]8000',
    '[::1]:',
    '[fe80::1%eth0]:8000',
    ':8000',
  ])('refuses %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe('formatAddress', () => {
  test('puts IPv6 into brackets', () => {
    expect([formatAddress('10.0.0.1', 80), formatAddress('::1', 80)]).toEqual(['10.0.0.1:80', '[::1]:80']);
  });

  test('is read back as it is', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), port, (text, number) => {
        const address = formatAddress(parseIp(text) ?? '', number);
        expect(parseAddress(address)).toBe(address);
      }),
    );
  });
});
