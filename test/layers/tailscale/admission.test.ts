import { admissionIn, admits, type TailnetPacket } from '../../../src/layers/tailscale/live/admission.js';

const PACKET: TailnetPacket = { source: '100.64.0.1', target: '100.64.0.2', protocol: 'tcp', port: 8123 };

const target = (ip: string, first = 0, last = 65_535) => ({ IP: ip, Ports: { First: first, Last: last } });
const admitted = (rules: unknown, packet: Partial<TailnetPacket> = {}) => {
  const admission = admissionIn([['tailnet-filter', JSON.stringify(rules)]]);
  if (admission === undefined) throw new TypeError('it was read');
  return admits(admission, { ...PACKET, ...packet });
};
const rule = (sources: readonly string[], to = target('*'), protocols?: readonly number[]) => [
  { SrcIPs: sources, DstPorts: [to], ...(protocols && { IPProto: protocols }) },
];

describe('the packet filter of a tailnet', () => {
  it.each<[string, unknown, Partial<TailnetPacket>, boolean | undefined]>([
    ['anyone', rule(['*']), {}, true],
    ['nobody', [], {}, false],
    ['an address', rule(['100.64.0.1']), {}, true],
    ['another address', rule(['100.64.0.9']), {}, false],
    ['a range', rule(['100.64.0.0/10']), {}, true],
    ['a range of the other family', rule(['fd7a:115c:a1e0::/48']), {}, false],
    ['the first of some addresses', rule(['100.64.0.1-100.64.0.5']), {}, true],
    ['addresses after it', rule(['100.64.0.2-100.64.0.5']), {}, false],
    ['a capability', rule(['cap:example.com/x']), {}, undefined],
    ['a capability or it', rule(['cap:example.com/x', '100.64.0.1']), {}, true],
    ['its port', rule(['*'], target('100.64.0.2/32', 8123, 8123)), {}, true],
    ['the ports below it', rule(['*'], target('*', 1, 8122)), {}, false],
    ['another target', rule(['*'], target('100.64.0.3/32')), {}, false],
    ['TCP', rule(['*'], target('*'), [6]), {}, true],
    ['TCP, for UDP', rule(['*'], target('*'), [6]), { protocol: 'udp' }, false],
    ['no protocol in particular, for UDP', rule(['*']), { protocol: 'udp' }, true],
    ['a grant without ports', [{ SrcIPs: ['*'], CapGrant: [{}] }], {}, false],
  ])('lets in %s', (_name, rules, packet, expected) => {
    expect(admitted(rules, packet)).toBe(expected);
  });

  it.each(['{', '"none"'])('is garbled if it is no list: %s', (text) => {
    expect(() => admissionIn([['tailnet-filter', text]])).toThrow(/the packet filter|a packet filter/);
  });
});
