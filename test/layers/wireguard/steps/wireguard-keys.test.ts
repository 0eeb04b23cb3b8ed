import { publicKeyFact } from '../../../../src/layers/wireguard/facts.js';
import {
  type WireguardKeysParams,
  wireguardKeysStep,
} from '../../../../src/layers/wireguard/steps/wireguard-keys.js';
import type { Network } from '../../../../src/model/inventory.js';
import { PLAIN_MESH } from '../../../fixtures/plain-mesh.js';
import { stepContext } from '../../../support/step-context.js';

const network: Network = {
  name: 'mesh',
  interface: 'wg0',
  ranges: [],
  ...PLAIN_MESH,
  port: 1,
  mtu: 1420,
  keepalive: 25,
  members: [],
};
const context = stepContext<WireguardKeysParams>({}, { networks: [network] });
const PUBLIC = `${'A'.repeat(43)}=`;

function outcome(stdout: string): { summaries: string[]; facts: object } {
  const seen = wireguardKeysStep
    .probe(context)
    .parse({ id: 'p', code: 0, stdout: `@@ part own\n${stdout}`, stderr: '' });
  return {
    summaries: wireguardKeysStep.plan(context, seen, { get: () => undefined }).map(({ summary }) => summary),
    facts: wireguardKeysStep.facts?.(context, seen) ?? {},
  };
}

describe('the wireguard-keys step', () => {
  it.each<[string, string, string[], object]>([
    ['a sound key', `wg0 key 600 root root ${PUBLIC}\n`, [], { [publicKeyFact('wg0')]: PUBLIC }],
    ['no key', 'wg0 absent\n', ['make a private key in /etc/wireguard/wg0.key'], {}],
    [
      'a key inside a config made by hand',
      'wg0 adoptable\n',
      ['move the private key of wg0.conf into /etc/wireguard/wg0.key'],
      {},
    ],
    [
      'a key file that wg can’t read',
      'wg0 key 600 root root damaged\n',
      ['replace the damaged private key in /etc/wireguard/wg0.key (kept next to it as wg0.key.damaged)'],
      {},
    ],
    ['a key while wg is not installed', 'wg0 key 600 root root unread\n', [], {}],
    [
      'a key open to others',
      `wg0 key 644 root root ${PUBLIC}\n`,
      ['make /etc/wireguard/wg0.key readable only by root (it is 644 root root)'],
      { [publicKeyFact('wg0')]: PUBLIC },
    ],
    [
      'an answer that isn’t a key',
      'wg0 key 600 root root $(reboot)\n',
      ['replace the damaged private key in /etc/wireguard/wg0.key (kept next to it as wg0.key.damaged)'],
      {},
    ],
  ])('plans for %s', (_what, stdout, summaries, facts) => {
    expect(outcome(stdout)).toEqual({ summaries, facts });
  });
});
