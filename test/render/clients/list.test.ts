import type { ClientRow } from '../../../src/render/clients/list.js';
import { clientListJson, clientListText } from '../../../src/render/clients/list.js';
import { createPaint } from '../../../src/render/colour.js';
import { homeOf, hubText, resolveText } from '../../layers/wireguard/clients/support.js';

const inventory = resolveText(
  hubText(`    clients:
      phone: { address: 10.8.0.2, publicKey: jJ5cTe0KmMrGmTbo9AXVBqcVfXPVnuXHGpBc1d2bCSM= }
      tablet: { address: 10.8.0.4, reach: [overlay, gw:53/udp, 192.168.1.7/32] }
`),
);
const network = homeOf(inventory);

function row(name: string, over: Partial<ClientRow> = {}): ClientRow {
  const client = network.clients.find((one) => one.name === name);
  const hub = inventory.nodes.find((node) => node.name === 'vps');
  if (!client || !hub) throw new Error(name);
  return { network, client, hub, scanAgain: [], known: true, ...over };
}

const text = (...rows: ClientRow[]) => clientListText(rows, createPaint(false)).trimEnd().split('\n');

describe('the list of clients', () => {
  it('shows who they are, and what state they are in', () => {
    expect(text(row('phone'), row('tablet'))).toEqual([
      'CLIENT  ADDRESS   NETWORK  HUB  TUNNEL  REACH                               STATE',
      'phone   10.8.0.2  home     vps  split   all                                 up to date',
      'tablet  10.8.0.4  home     vps  split   overlay, gw:53/udp, 192.168.1.7/32  no keys yet: client rekey tablet',
    ]);
  });

  it('says which must scan again, and why', () => {
    const [, phone, , last] = text(
      row('phone', { scanAgain: ['endpoint changed 203.0.113.9:1 -> 198.51.100.8:1'] }),
    );
    expect(phone).toMatch(/ {2}scan again: endpoint changed 203\.0\.113\.9:1 -> 198\.51\.100\.8:1$/);
    expect(last).toBe('1 client to scan again');
  });

  it.each([
    [{ kind: 'seen', ago: 75 }, '1 min 15 s ago'],
    [{ kind: 'never' }, 'never'],
    [{ kind: 'absent' }, 'not on the hub'],
    [{ kind: 'unreachable' }, 'hub not reached'],
  ] as const)('shows the last handshake where the hub was asked: %j', (live, shown) => {
    const [head, phone] = text(row('phone', { live, known: false }));
    expect(head).toContain('HANDSHAKE');
    expect(phone).toMatch(new RegExp(` ${shown}\\s+not configured from here$`));
  });

  it('is the same for programs', () => {
    expect(clientListJson([row('tablet', { known: false })])).toEqual([
      {
        name: 'tablet',
        addresses: ['10.8.0.4'],
        tunnel: 'split',
        dns: [],
        reach: [
          { kind: 'overlay' },
          { kind: 'node', node: 'gw', service: { protocol: 'udp', port: 53 } },
          { kind: 'range', range: '192.168.1.7/32' },
        ],
        network: 'home',
        hub: 'vps',
        handedOutFromHere: false,
        scanAgain: [],
      },
    ]);
  });

  it('says how to begin', () => {
    expect(text()).toEqual(['No clients yet: bridgehead client add NAME']);
  });
});
