import { publicKeyFact } from '../../../../src/layers/wireguard/facts.js';
import { renderConfig } from '../../../../src/layers/wireguard/overlay/config.js';
import { peersOf } from '../../../../src/layers/wireguard/overlay/peers.js';
import { type OwnerRecord, recordOf, recordText } from '../../../../src/layers/wireguard/ownership/record.js';
import {
  foreignFix,
  type InterfaceOwner,
  ownershipOf,
} from '../../../../src/layers/wireguard/ownership/verdict.js';
import { parseInterface } from '../../../../src/layers/wireguard/tunnel/live.js';
import { memberOf } from '../../../../src/model/atlas.js';
import type { Inventory, Network } from '../../../../src/model/inventory.js';
import { homeMesh } from '../../../fixtures/home-mesh-inventory.js';

const NODE = 'wk-1';
const keyOf = (who: string): string => Buffer.from(who.padEnd(32, '.')).toString('base64');
const network = homeMesh.networks[0] as Network;
const ADDRESS = memberOf(network, NODE).addresses[0] ?? '';
const facts = {
  get: (node: string, key: string) => (key === publicKeyFact('wg0') ? keyOf(node) : undefined),
};

function confOf(inventory: Inventory, of: Network, publicKeyOf = keyOf): string {
  return renderConfig({
    network: of,
    member: memberOf(of, NODE),
    peers: peersOf(inventory, of, NODE),
    publicKeyOf,
  });
}

function recorded(inventory: Inventory, of: Network, publicKeyOf = keyOf): OwnerRecord {
  const peers = peersOf(inventory, of, NODE).map((peer) => ({ ...peer, publicKey: publicKeyOf(peer.node) }));
  return recordOf({
    inventory,
    network: of,
    node: NODE,
    publicKey: publicKeyOf(NODE),
    peers,
    config: confOf(inventory, of, publicKeyOf),
  });
}

interface Said {
  readonly own?: string;
  readonly record?: OwnerRecord;
  readonly conf?: string;
  readonly inline?: string;
  readonly live?: readonly string[];
}

function judged({ own, record, conf, inline, live }: Said, inventory = homeMesh): InterfaceOwner {
  const text = `${record ? recordText('wg0', record) : ''}${conf ?? ''}`;
  const said = [
    ...(own === undefined ? [] : [`@own ${own}`]),
    ...(live === undefined ? [] : ['@mtu 1420', ...live]),
    ...(inline === undefined ? [] : [`@inline ${inline}`]),
    ...(conf === undefined ? (record ? ['@record', text] : []) : ['@config 600 root root', text]),
  ].join('\n');
  const claim = { inventory, network: inventory.networks[0] as Network, node: NODE, facts };
  return ownershipOf(claim, parseInterface(said));
}

const with_ = (change: Partial<Network>, over: Partial<Inventory> = {}): Inventory => ({
  ...homeMesh,
  ...over,
  networks: [{ ...network, ...change }],
});
/** Every address of the network in another range. */
const moved = with_({
  ranges: ['10.99.0.0/24'],
  members: network.members.map(({ node }, index) => ({ node, addresses: [`10.99.0.${index + 1}`] })),
});
/** One of the same name in another folder: this node, and others that happen to have the same names. */
const stranger: Inventory = {
  ...moved,
  nodes: moved.nodes.map((node) => ({ ...node, ssh: { ...node.ssh, host: `other-${node.name}` } })),
};
const strangersKey = (who: string): string => keyOf(`x${who}`);
const OURS = recorded(homeMesh, network);
const CONF = confOf(homeMesh, network);
const saved = (address: string): string =>
  `[Interface]\nAddress = ${address}/32\nSaveConfig = true\nListenPort = 51820\nPrivateKey = (hidden)\n\n[Peer]\nPublicKey = ${keyOf('ms-1')}\nAllowedIPs = 172.27.15.11/32\n`;
const FOREIGN =
  '[Interface]\nAddress = 10.66.0.1/24\nPrivateKey = (hidden)\n[Peer]\nPublicKey = AAAA\nAllowedIPs = 10.66.0.2/32\n';
const live = (key: string, address: string, peer = 'AAAA') => [
  `7: wg0    inet ${address}/32 scope global wg0`,
  `@interface ${key} 51820`,
  `@peer ${peer} (none) 0 off 10.66.0.2/32`,
];

describe('the owner of an interface', () => {
  it('is free if nothing is', () => {
    expect(judged({})).toEqual({ kind: 'free' });
    expect(judged({ own: keyOf(NODE) })).toEqual({ kind: 'free' });
  });

  it.each<[string, Said]>([
    ['its record and configuration', { record: OURS, conf: CONF, own: keyOf(NODE) }],
    [
      'what wg-quick save made of it',
      { record: OURS, conf: saved(ADDRESS), inline: keyOf(NODE), own: keyOf(NODE) },
    ],
    ['the same with addresses changed since', { record: OURS, conf: saved('10.1.1.1'), inline: keyOf(NODE) }],
    ['a configuration whose comments are gone', { record: OURS, conf: CONF.replaceAll(/^#.*\n/gm, '') }],
    ['an emptied configuration', { record: OURS, conf: '' }],
    ['a record alone', { record: OURS }],
    ['an interface with another key set by hand', { record: OURS, conf: CONF, live: live('B=', ADDRESS) }],
    ['an interface that is not set up yet', { record: OURS, conf: CONF, live: ['@interface (none) 0'] }],
  ])('is ours by %s', (_what, said) => {
    expect(judged(said)).toEqual({ kind: 'ours', recorded: true });
  });

  it.each<[string, Said, Inventory]>([
    ['as it is', { conf: CONF, own: keyOf(NODE) }, homeMesh],
    ['while the range changes', { conf: CONF, own: keyOf(NODE) }, moved],
  ])('is ours, written by a version before the records, %s', (_what, said, inventory) => {
    expect(judged(said, inventory)).toEqual({ kind: 'ours', recorded: false });
  });

  it.each<[string, Inventory]>([
    ['its range', moved],
    ['its name', { ...homeMesh, name: 'renamed' }],
    ["its network's name", with_({ name: 'overlay' })],
    ['where its nodes are dialled', { ...homeMesh, nodes: stranger.nodes }],
  ])('stays ours when the inventory changes %s', (_what, inventory) => {
    expect(judged({ record: OURS, conf: CONF, own: keyOf(NODE) }, inventory)).toEqual({
      kind: 'ours',
      recorded: true,
    });
  });

  const other = { ...moved, name: 'office' };
  it.each<[string, Said, string]>([
    [
      'a configuration',
      { conf: FOREIGN, inline: 'B=' },
      '/etc/wireguard/wg0.conf, which Bridgehead did not write',
    ],
    [
      'a configuration where we have a key',
      { conf: FOREIGN, inline: 'B=', own: keyOf(NODE) },
      '/etc/wireguard/wg0.conf, which Bridgehead did not write',
    ],
    [
      'a configuration made by hand that fits the inventory in all',
      { conf: saved(ADDRESS), inline: keyOf(NODE), own: keyOf(NODE) },
      '/etc/wireguard/wg0.conf, which Bridgehead did not write',
    ],
    [
      'a running interface that has our key and address, and no record',
      { own: keyOf(NODE), live: live(keyOf(NODE), ADDRESS) },
      'a running interface that Bridgehead did not make',
    ],
    [
      'a configuration that took the place of ours',
      { record: OURS, conf: FOREIGN, inline: 'B=', own: keyOf(NODE) },
      '/etc/wireguard/wg0.conf, which Bridgehead did not write',
    ],
    [
      'a link of the node',
      { live: ['@other link', '2: wg0 inet 192.168.1.9/24'] },
      'wg0, a link on wk-1 that is not a WireGuard interface',
    ],
    [
      'a link of the node that took the place of ours',
      { record: OURS, conf: CONF, own: keyOf(NODE), live: ['@other link'] },
      'wg0, a link on wk-1 that is not a WireGuard interface',
    ],
    [
      'a running interface',
      { live: live('B=', '10.66.0.1') },
      'a running interface that Bridgehead did not make',
    ],
    [
      'a running interface beside our configuration',
      { record: OURS, conf: CONF, own: keyOf(NODE), live: live('B=', '10.66.0.1') },
      'a running interface that Bridgehead did not make',
    ],
    [
      'a network of another inventory',
      { record: recorded(other, other.networks[0] as Network, strangersKey) },
      '/etc/wireguard/.bridgehead/wg0 says that it belongs to network mesh of another inventory, office',
    ],
    [
      'a network of an inventory of the same name in another folder',
      { record: recorded(stranger, stranger.networks[0] as Network, strangersKey) },
      '/etc/wireguard/.bridgehead/wg0 says that it belongs to network mesh of another inventory, home-mesh',
    ],
    [
      'what a version before the records wrote for another inventory',
      { conf: confOf(other, other.networks[0] as Network, strangersKey), own: keyOf(NODE) },
      '/etc/wireguard/wg0.conf, written for another inventory: its address is 10.99.0.3/32, and its peers are unknown here',
    ],
  ])("is somebody else's: %s", (_what, said, seen) => {
    expect(judged(said)).toMatchObject({ kind: 'foreign', seen });
  });

  it('takes a record that was cut off for none, and still sees the configuration behind it', () => {
    const cut = recordText('wg0', OURS).slice(0, -'end\n'.length);
    expect(parseInterface(`@config 600 root root\n${cut}${FOREIGN}`)).toMatchObject({
      record: undefined,
      config: { text: FOREIGN },
    });
  });

  it.each([
    [
      'hand',
      { conf: FOREIGN, inline: 'B=' },
      /^`bridgehead adopt wk-1` compares it .*; or give network mesh another/,
    ],
    ['link', { live: ['@other link'] }, /^give network mesh another interface, such as wg0$/],
    [
      'inventory',
      { record: recorded(other, other.networks[0] as Network, strangersKey) },
      /^give network mesh another interface; or, .* remove wk-1 from it with its own inventory$/,
    ],
  ] as [string, Said, RegExp][])('has a fix by who made it: %s', (whose, said, fix) => {
    const owner = judged(said);
    expect(owner).toMatchObject({ kind: 'foreign', whose });
    if (owner.kind === 'foreign') expect(foreignFix(network, NODE, owner.whose)).toMatch(fix);
  });
});
