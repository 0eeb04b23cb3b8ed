import { familyOf, hostRoute, isAddress } from '../../model/address.js';
import type { Inventory, Node } from '../../model/inventory.js';
import type { Dial, MachinePlan } from '../types.js';
import {
  GATEWAY4,
  GATEWAY6,
  gatewayOf,
  type Layout,
  lanSite,
  PROXY_PORT,
  PROXY6,
  type RouterLayout,
  subnetOf,
  withPrefix,
} from './layout.js';
import { INTERNET } from './network.js';
import { type MachineFile, pageFiles, plainFile } from './page.js';

/** One node's machine: where its links go, who logs in, and the files that make it this node. */
export function planMachine(
  inventory: Inventory,
  layout: Layout,
  node: Node,
  index: number,
  dials: readonly Dial[],
): MachinePlan {
  const site = lanSite(inventory, node);
  const router = layout.routers.find((candidate) => candidate.site === site);
  const user = node.ssh.user ?? 'root';
  const sshPorts = [
    ...new Set([22, ...dials.filter((dial) => dial.node === node.name).map(({ nodePort }) => nodePort)]),
  ];
  return {
    node: node.name,
    release: node.release,
    image: node.release,
    namespace: router?.namespace ?? INTERNET,
    bridge: router === undefined ? 'wan' : 'lan',
    ...(router !== undefined && node.publicAddresses.length > 0 ? { wanLink: `w${index}` } : {}),
    login: { user, sudo: node.ssh.sudo === 'password' ? 'password' : 'passwordless' },
    sshPorts,
    files: [
      plainFile('/etc/hostname', `${node.name}\n`),
      plainFile('/etc/hosts', hostsFile(node.name, dials)),
      plainFile('/etc/ssh/sshd_config.d/00-bridgehead-lab.conf', sshdConfig(sshPorts, user)),
      proxyFile([...node.publicAddresses, ...node.lanAddresses]),
      ...networkFiles(node, router),
      ...pageFiles(inventory, node),
    ],
  };
}

/** Where apt finds the way out; by IPv6 for a machine whose addresses are all of that family. */
export function proxyFile(addresses: readonly string[]): MachineFile {
  const sixOnly = addresses.every((address) => familyOf(address) === 6);
  const url = `http://${sixOnly ? `[${PROXY6}]` : GATEWAY4}:${PROXY_PORT}`;
  return plainFile('/etc/apt/apt.conf.d/90bridgehead-lab-proxy', `Acquire::http::Proxy "${url}";\n`);
}

function hostsFile(name: string, dials: readonly Dial[]): string {
  const through = dials.filter((dial) => dial.through === name && !isAddress(dial.host));
  const own = ['127.0.0.1 localhost', `127.0.1.1 ${name}`, '::1 localhost ip6-localhost ip6-loopback'];
  return [...own, ...through.map(({ address, host }) => `${address} ${host}`), ''].join('\n');
}

function sshdConfig(ports: readonly number[], user: string): string {
  return [
    ...ports.map((port) => `Port ${port}`),
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    `PermitRootLogin ${user === 'root' ? 'prohibit-password' : 'no'}`,
    '',
  ].join('\n');
}

type Place = Pick<Node, 'lanAddresses' | 'publicAddresses'>;

/** systemd-networkd's files for a machine in a router's LAN, or on the internet. */
export function networkFiles(node: Place, router: RouterLayout | undefined): readonly MachineFile[] {
  const folder = '/etc/systemd/network';
  if (router === undefined) return [plainFile(`${folder}/10-host0.network`, publicLink(node, 'host0'))];
  const dual = node.publicAddresses.length > 0;
  return [
    plainFile(`${folder}/10-host0.network`, lanLink(node, router)),
    ...(dual ? [plainFile(`${folder}/20-wan0.network`, publicLink(node, 'wan0'))] : []),
  ];
}

/** Static addresses on a LAN; each family's default route goes by the router, unless the node has a public address of it. */
function lanLink(node: Place, router: RouterLayout): string {
  const addresses = node.lanAddresses.map((address) => {
    const subnet = subnetOf(router.site, address);
    return `Address=${subnet === undefined ? hostRoute(address) : withPrefix(address, subnet)}`;
  });
  const gateways = ([4, 6] as const).flatMap((family) => {
    const own = node.lanAddresses.some((address) => familyOf(address) === family);
    const publicly = node.publicAddresses.some((address) => familyOf(address) === family);
    const gateway = gatewayOf(router, family);
    return own && !publicly && gateway !== undefined ? [`Gateway=${gateway}`] : [];
  });
  return link('host0', [...addresses, ...gateways]);
}

function publicLink(node: Place, name: string): string {
  const four = node.publicAddresses.find((address) => familyOf(address) === 4);
  const six = node.publicAddresses.find((address) => familyOf(address) === 6);
  return link(
    name,
    node.publicAddresses.map((address) => `Address=${hostRoute(address)}`),
    [
      ...(four === undefined
        ? []
        : ['', '[Route]', `Gateway=${GATEWAY4}`, 'GatewayOnLink=yes', `PreferredSource=${four}`]),
      ...(six === undefined
        ? []
        : ['', '[Route]', `Gateway=${GATEWAY6}`, 'GatewayOnLink=yes', `PreferredSource=${six}`]),
    ],
  );
}

function link(name: string, network: readonly string[], rest: readonly string[] = []): string {
  return [
    '[Match]',
    `Name=${name}`,
    '',
    '[Network]',
    'LinkLocalAddressing=ipv6',
    'IPv6AcceptRA=no',
    'IPv6DuplicateAddressDetection=0',
    ...network,
    ...rest,
    '',
  ].join('\n');
}
