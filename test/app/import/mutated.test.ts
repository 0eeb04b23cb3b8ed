import fc from 'fast-check';
import { inventoryText } from '../../../src/app/draft/inventory-text.js';
import { importSources } from '../../../src/app/import/import.js';
import { FORMATS } from '../../../src/app/import/source.js';
import { InputError } from '../../../src/core/errors.js';
import { check, parseYaml } from '../../../src/document/index.js';
import { inventorySchema } from '../../../src/inventory/schema.js';

const SAMPLES = [
  '[Interface]\nAddress = 10.8.0.1/24, fd00::1/64\nListenPort = 51820\nPostUp = iptables -j MASQUERADE\n[Peer]\n# phone\nPublicKey = <k>\nAllowedIPs = 10.8.0.2/32\nEndpoint = [fd00::2]:1\n',
  '[web:children]\ndb\n[db:vars]\nansible_user = ops\n[db]\nd[1:3]:22 ansible_host="10.0.0.1" ansible_ssh_common_args=\'-J a,b\'\n',
  'all:\n  hosts: { a: { ansible_host: 1.2.3.4, bridgehead_lan: [10.0.0.1] } }\n  children: { x: { hosts: { a: } } }\n',
  'Host a b\n  HostName fd00::1\n  Port 22\nHost *\n  ProxyJump a\n  IdentityFile ~/.ssh/id\n',
  '{"ip": {"sensitive": false, "type": "string", "value": {"a": ["1.2.3.4", {"name": "x", "ipv4_address": "fd00::1"}]}}}',
  '[{"name": "a", "public_net": {"ipv4": {"ip": "1.2.3.4"}, "ipv6": {"ip": "2001:db8::/64"}}, "labels": {"role": "x"}}]',
];

/** A sample with some of its characters cut, doubled, or replaced. */
const mutated = fc
  .tuple(
    fc.constantFrom(...SAMPLES),
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        length: fc.nat({ max: 6 }),
        text: fc.oneof(
          fc.string({ maxLength: 4 }),
          fc.constantFrom('\n', '[', ']', '{', '0', '/0', '::', '=', '"', '{{'),
        ),
      }),
      { maxLength: 4 },
    ),
  )
  .map(([sample, edits]) =>
    edits.reduce((text, { at, length, text: put }) => {
      const start = Math.floor(at * text.length);
      return text.slice(0, start) + put + text.slice(start + length);
    }, sample),
  );

it('whatever is in a source, it is refused as input, or its inventory fits the schema', () => {
  const formats = fc.option(fc.constantFrom(...FORMATS), { nil: undefined });
  fc.assert(
    fc.property(fc.array(mutated, { minLength: 1, maxLength: 3 }), formats, (texts, format) => {
      const sources = texts.map((text, i) => ({ file: `file-${i}`, text }));
      try {
        const { draft } = importSources(sources, 'x', format);
        const document = parseYaml('x', inventoryText(draft));
        expect(check(document, inventorySchema()).problems).toEqual([]);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        expect(error.problems.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 300 },
  );
});
