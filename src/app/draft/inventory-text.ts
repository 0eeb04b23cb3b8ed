import type { SshSettings } from '../../model/inventory.js';
import { reachWord } from '../../model/reach.js';
import type { Draft, DraftClient, DraftForward, DraftNetwork, DraftNode, DraftSite } from './draft.js';
import { block, type Entry, flow, oneOrMore, unless, yamlText } from './yaml-text.js';

/** Where a project has its schemas, relative to its folder, as in the shipped examples. */
export const SCHEMAS = 'schemas';

/**
 * A commented inventory.yaml: the schema line on top, then what the draft has and isn't a default. `validate` accepts it
 * as far as the draft is right. `schemas` is the folder of the schemas, relative to the file.
 */
export function inventoryText(draft: Draft, schemas = SCHEMAS): string {
  const { name, sites, nodes, networks, lab } = draft;
  const head = [
    `yaml-language-server: $schema=${schemas}/inventory.schema.json`,
    ...(draft.comment === undefined ? [] : ['', ...draft.comment.split('\n')]),
  ];
  const text = yamlText([
    { key: 'name', value: name },
    section('sites', 'The LANs that the machines are in.', sites, siteEntries),
    section('nodes', 'The machines, reached over SSH.', nodes, nodeEntries, flow),
    section('networks', 'The private networks that connect them.', networks, networkEntries),
    {
      key: 'lab',
      comment: 'Where your machine is in the rehearsal.',
      value: block([{ key: 'laptop', value: lab?.laptop }]),
    },
  ]);
  return `${head.map((line) => `# ${line}`.trimEnd()).join('\n')}\n\n${text}`;
}

function section<T extends { readonly name: string; readonly comment?: string }>(
  key: string,
  comment: string,
  things: readonly T[],
  entries: (thing: T) => Entry[],
  mapping = block,
): Entry {
  const named = things.map((one) => ({ key: one.name, comment: one.comment, value: mapping(entries(one)) }));
  return { key, comment, value: block(named) };
}

export function siteEntries({ subnets, router, publicAddresses, nat, forwards = [] }: DraftSite): Entry[] {
  return [
    { key: 'subnet', value: oneOrMore(subnets) },
    { key: 'router', value: router },
    { key: 'public', value: oneOrMore(publicAddresses) },
    { key: 'nat', value: unless(true, nat) },
    {
      key: 'forwards',
      comment: "Ports of the router's public address that it forwards to machines.",
      value: forwards.length === 0 ? undefined : forwards.map(forwardItem),
    },
  ];
}

export const forwardItem = ({ port, node, nodePort, protocol, comment }: DraftForward) => ({
  ...flow([
    { key: 'port', value: port },
    { key: 'node', value: node },
    { key: 'nodePort', value: unless(port, nodePort) },
    { key: 'protocol', value: unless('udp', protocol) },
  ]),
  comment,
});

export function nodeEntries(node: DraftNode): Entry[] {
  const { role, site, lanAddresses, publicAddresses, ssh, release } = node;
  return [
    { key: 'role', value: role },
    { key: 'site', value: site },
    { key: 'lan', value: oneOrMore(lanAddresses) },
    { key: 'public', value: oneOrMore(publicAddresses) },
    { key: 'ssh', value: ssh && sshValue(ssh, [...(publicAddresses ?? []), ...(lanAddresses ?? [])][0]) },
    { key: 'lab', value: unless('bookworm', release) && flow([{ key: 'release', value: release }]) },
  ];
}

/** Nothing if all of it is a default; `host` is the address that is used anyway. */
function sshValue(ssh: Partial<SshSettings>, host: string | undefined) {
  const { port, user, key, jump, hostKeys, sudo, sudoPasswordFile } = ssh;
  return flow([
    { key: 'host', value: unless(host, ssh.host) },
    { key: 'port', value: port },
    { key: 'user', value: user },
    { key: 'key', value: key },
    { key: 'jump', value: jump },
    { key: 'hostKey', value: oneOrMore(hostKeys) },
    { key: 'sudo', value: unless('auto', sudo) },
    { key: 'sudoPasswordFile', value: sudoPasswordFile },
  ]);
}

function networkEntries(network: DraftNetwork): Entry[] {
  const { hubs = [], hubOf = {}, advertises = [], clients = [] } = network;
  const otherHubs = Object.entries(hubOf).filter(([, hub]) => hub !== hubs[0]);
  return [
    { key: 'shape', value: unless('mesh', network.shape) },
    { key: 'hub', value: oneOrMore(hubs) },
    { key: 'hubOf', value: flow(otherHubs.map(([key, value]) => ({ key, value }))) },
    { key: 'interface', value: unless('wg0', network.interface) },
    { key: 'range', value: oneOrMore(network.ranges) },
    { key: 'port', value: unless(51820, network.port) },
    { key: 'mtu', value: unless(1420, network.mtu) },
    { key: 'keepalive', value: unless(25, network.keepalive) },
    { key: 'relay', value: network.relay },
    {
      key: 'addresses',
      comment: 'The members and their addresses in this network.',
      value: block(
        network.members.map(({ node, addresses, comment }) => ({
          key: node,
          comment,
          value: oneOrMore(addresses),
        })),
      ),
    },
    {
      key: 'advertise',
      comment: 'LANs that the others reach through a member.',
      value: block(
        advertises.map(({ node, subnets, nat, comment }) => ({
          key: node,
          comment,
          value: flow([
            { key: 'subnets', value: oneOrMore(subnets) },
            { key: 'nat', value: unless('masquerade', nat) },
          ]),
        })),
      ),
    },
    { key: 'internet', value: unless(false, network.internet) },
    { key: 'presharedKeys', value: unless(false, network.presharedKeys) },
    {
      key: 'clients',
      comment: 'Phones and laptops, which get a configuration and no SSH.',
      value: block(
        clients.map((client) => ({
          key: client.name,
          comment: client.comment,
          value: flow(clientEntries(client)),
        })),
      ),
    },
  ];
}

function clientEntries({ addresses, publicKey, tunnel, dns, reach = 'all' }: DraftClient): Entry[] {
  return [
    { key: 'address', value: oneOrMore(addresses) },
    { key: 'publicKey', value: publicKey },
    { key: 'tunnel', value: unless('split', tunnel) },
    { key: 'dns', value: oneOrMore(dns) },
    { key: 'reach', value: reach === 'all' ? undefined : oneOrMore(reach.map(reachWord)) },
  ];
}
