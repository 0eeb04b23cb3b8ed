import { bareAddress, hostPort, hostRoute } from '../../../model/address.js';
import { memberOf } from '../../../model/atlas.js';
import { forwardsPackets } from '../../../model/shape.js';
import { mayBeLearned } from '../overlay/learned.js';
import { parseConfig } from '../overlay/parse-config.js';
import { sharesKey } from '../overlay/peers.js';
import type { Adoption } from './adoption.js';
import { hooksOf } from './hooks.js';
import type { KnownPeer, PeerThere } from './peers.js';
import { madeBy, savesConfig, usedKey } from './traits.js';

/** One thing as the node has it, compared with what the inventory wants. */
export interface Row {
  /** `port`, `peer wk-1`. */
  readonly what: string;
  /** Empty: it isn't there. */
  readonly there: string;
  /** Empty: the inventory doesn't have it. */
  readonly wanted: string;
  /** `stays`: nobody touches it. */
  readonly verdict: 'same' | 'differs' | 'only there' | 'missing there' | 'stays';
  /** What becomes of it, if that isn't plain. */
  readonly becomes?: string;
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one) => b.includes(one));

const row = (what: string, there: string, wanted: string, becomes?: string): Row => ({
  what,
  there,
  wanted,
  verdict:
    there === wanted ? 'same' : wanted === '' ? 'only there' : there === '' ? 'missing there' : 'differs',
  ...(becomes !== undefined && { becomes }),
});

function interfaceRows({ node, network, interface: name, seen }: Adoption): Row[] {
  const { live, config } = seen.interface;
  const written = parseConfig(config?.text ?? '');
  const wanted = memberOf(network, node).addresses;
  const addresses = live?.addresses ?? written.addresses;
  const isSame = same(addresses.map(bareAddress), wanted);
  const key = usedKey(seen.interface);
  const port = live?.port ?? written.listenPort;
  const mtu = live?.mtu ?? written.mtu;
  const made = madeBy(seen, name);
  const dns = [...(config?.text ?? '').matchAll(/^\s*DNS\s*=\s*(.+)$/gim)].map(([, servers = '']) =>
    servers.trim(),
  );
  return [
    {
      what: 'made by',
      there: made,
      wanted: `wg-quick@${network.interface}`,
      verdict: made.startsWith(`wg-quick@${network.interface}`) ? 'same' : 'differs',
      ...(seen.takeover !== undefined && { becomes: 'changed by adopt, while it runs' }),
    },
    row('interface', name, network.interface),
    {
      ...row('address', addresses.join(', '), wanted.map(hostRoute).join(', ')),
      ...(isSame && { verdict: 'same' as const }),
    },
    row('port', String(port ?? 'random'), String(network.port)),
    ...dns.map((line) => row('DNS', line, '', 'left out: it is for clients')),
    ...(mtu === undefined ? [] : [row('MTU', String(mtu), String(network.mtu))]),
    ...(key === undefined
      ? []
      : [{ what: 'private key', there: `of ${key}`, wanted: '', verdict: 'stays' as const }]),
  ];
}

function peerText({
  allowedIps,
  endpoint,
  keepalive,
  shared,
}: Pick<PeerThere, 'allowedIps' | 'endpoint' | 'keepalive' | 'shared'>): string {
  return [
    allowedIps.join(', '),
    ...(endpoint === undefined ? [] : [`at ${endpoint}`]),
    ...(keepalive === 0 ? [] : [`keepalive ${keepalive} s`]),
    ...(shared ? ['preshared key'] : []),
  ].join('; ');
}

function knownRow({ inventory, node, network }: Adoption, peer: KnownPeer): Row {
  const { name, there, wanted, addresses, keyIsNew } = peer;
  const endpoint = wanted?.endpoint && hostPort(wanted.endpoint.address, wanted.endpoint.port);
  const learned =
    wanted !== undefined &&
    there.endpoint !== undefined &&
    mayBeLearned(inventory, network, { on: node, peer: wanted, live: there.endpoint, hasGoneSilent: false });
  // What WireGuard has learned by itself is not compared.
  const seen = endpoint === undefined || learned ? endpoint : there.endpoint;
  const { endpoint: _, ...rest } = there;
  const sorted = (ranges: readonly string[]) => [...ranges].sort();
  const text = (one: Omit<PeerThere, 'publicKey'>): string =>
    peerText({ ...one, allowedIps: sorted(one.allowedIps) });
  const wantedText = text({
    allowedIps: wanted?.allowedIps ?? addresses.map(hostRoute),
    ...(endpoint !== undefined && { endpoint }),
    keepalive: wanted?.keepalive ?? 0,
    shared: wanted === undefined ? network.presharedKeys : sharesKey(network, wanted),
  });
  const thereText = text({ ...rest, ...(seen !== undefined && { endpoint: seen }) });
  const becomes = keyIsNew ? 'its key goes into the inventory' : undefined;
  return row(`peer ${name}`, thereText, wantedText, becomes);
}

function peerRows(adoption: Adoption): Row[] {
  const { known, missing } = adoption.peers;
  return [
    ...known.map((peer) => knownRow(adoption, peer)),
    ...missing.map((peer) =>
      row(`peer ${peer.node}`, '', peer.allowedIps.join(', '), 'added by the first apply'),
    ),
    ...adoption.newClients.map(({ name, there }) =>
      row(`peer ${name}`, peerText(there), '', `becomes client ${name}`),
    ),
    ...adoption.unmanaged.map(({ name, there }) =>
      row(`peer ${name}`, peerText(there), '', `stays, as unmanaged peer ${name}`),
    ),
  ];
}

function aroundRows({ inventory, node, network, interface: name, seen }: Adoption): Row[] {
  const hooks = hooksOf(seen.interface.config?.text ?? '', name);
  const passes = forwardsPackets(inventory, network, node);
  const inTable = passes ? 'a table of its own' : '';
  return [
    ...hooks.flatMap(({ line, text, purpose }): Row[] => {
      if (purpose === 'undo' || purpose === 'key') return [];
      const becomes = purpose === 'input' ? 'not needed: nothing drops it' : 'in force until the first apply';
      return [
        {
          what: line,
          there: text,
          wanted: purpose === 'input' ? '' : inTable,
          verdict: purpose === 'input' || !passes ? 'only there' : 'differs',
          becomes,
        },
      ];
    }),
    ...(savesConfig(seen.interface)
      ? [row('SaveConfig', 'true', '', 'removed, after the running state was saved once more')]
      : []),
    ...seen.settings.map(
      ({ file, line }): Row => ({
        what: 'setting',
        there: `${line} in ${file}`,
        wanted: '',
        verdict: 'stays',
      }),
    ),
  ];
}

/** What the node has, compared with what the inventory wants, one per row. */
export function compare(adoption: Adoption): readonly Row[] {
  return [...interfaceRows(adoption), ...peerRows(adoption), ...aroundRows(adoption)];
}
