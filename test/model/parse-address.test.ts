import { parseAddress, parseRange } from '../../src/model/parse-address.js';

const text = (parsed: ReturnType<typeof parseAddress>) =>
  parsed.ok ? parsed.text : `${parsed.message}; ${parsed.fix}`;

describe('an address as it is written', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['FD00:0::0001', 'fd00::1'],
    ['010.0.0.1', 'has leading zeros; write 10.0.0.1'],
    ['10.0.0.1/8', 'is an address with a prefix length; write it bare: 10.0.0.1'],
    ['10.1', 'is not an address; write four numbers, such as 192.168.15.2, or an IPv6 address'],
    ['0x0a.0.0.1', 'is not an address; write four numbers, such as 192.168.15.2, or an IPv6 address'],
    ['fd00::1::2', 'is not an address; write an IPv6 address such as fd00:15::2'],
    ['10.0.0.1:51820', 'is an address with a port; write it without the port: 10.0.0.1'],
    ['[fd00::1]:51820', 'is an address with a port; write it without the port: fd00::1'],
    [
      'my.host.example',
      'is a name, not an address; write the address that it stands for, such as 203.0.113.10',
    ],
    ['', 'is not an address; write four numbers, such as 192.168.15.2, or an IPv6 address'],
  ])('%s', (written, wanted) => {
    expect(text(parseAddress(written))).toBe(wanted);
  });
});

describe('a range as it is written', () => {
  it.each([
    ['172.27.15.0/24', '172.27.15.0/24'],
    ['FD00:15::/64', 'fd00:15::/64'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['10.0.0.1/32', '10.0.0.1/32'],
    ['10.0.0.1/24', 'has host bits; write 10.0.0.0/24'],
    ['fd00:15::1/64', 'has host bits; write fd00:15::/64'],
    ['10.0.0.0/33', 'has no prefix length that fits; write /0 to /32 after the address'],
    ['10.0.0.0/08', 'has no prefix length that fits; write /0 to /32 after the address'],
    ['10.0.0.0/', 'has no prefix length that fits; write /0 to /32 after the address'],
    ['10.0.0.0/8/8', 'has no prefix length that fits; write /0 to /32 after the address'],
    ['10.20.0.x', 'is not a range; write it with a prefix length, such as 10.20.0.0/24'],
    ['10.20', 'is not a range; write it with a prefix length, such as 10.20.0.0/16'],
    ['10.20.0.0-10.20.0.255', 'is not a range; write it with a prefix length, such as 10.20.0.0/24'],
    ['10.20.300.0/20', 'has a number above 255; write it with a prefix length, such as 10.20.0.0/20'],
    ['010.20.0.0/16', 'has leading zeros; write it with a prefix length, such as 10.20.0.0/16'],
    ['home', 'is not a range; write it with a prefix length, such as 172.27.15.0/24'],
    ['fd00::x/64', 'is not a range; write it with a prefix length, such as fd00:15::/64'],
    ['10.20.0.0/255.255.0.0', 'has a netmask; write 10.20.0.0/16'],
    ['10.20.0.7', 'is an address, not a range; add the prefix length, such as 10.20.0.0/24'],
    ['10.0.0.0', 'is an address, not a range; add the prefix length, such as 10.0.0.0/24'],
  ])('%s', (written, wanted) => {
    expect(text(parseRange(written))).toBe(wanted);
  });
});
