import type { Inventory, Node } from '../inventory/types.js';
import { familyOf, isAddress } from './addresses.js';
import {
  alone,
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
} from './plan-layout.js';
import { INTERNET } from './plan-network.js';
import type { Dial, MachinePlan } from './types.js';

/** What one node's machine is: where its links land, who logs in, and the files that make it this node. */
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
    namespace: router?.namespace ?? INTERNET,
    bridge: router === undefined ? 'wan' : 'lan',
    ...(router !== undefined && node.publicAddresses.length > 0 ? { wanLink: `w${index}` } : {}),
    login: { user, sudo: node.ssh.sudo === 'password' ? 'password' : 'passwordless' },
    sshPorts,
    files: [
      file('/etc/hostname', `${node.name}\n`),
      file('/etc/hosts', hostsFile(node.name, dials)),
      file('/etc/ssh/sshd_config.d/00-bridgehead-lab.conf', sshdConfig(sshPorts, user)),
      file(
        '/etc/apt/apt.conf.d/90bridgehead-lab-proxy',
        `Acquire::http::Proxy "${proxyUrl(node, layout)}";\n`,
      ),
      ...networkFiles(node, router),
    ],
  };
}

function file(path: string, content: string, mode = 0o644): MachinePlan['files'][number] {
  return { path, mode, content };
}

function proxyUrl(node: Node, layout: Layout): string {
  const addresses = [...node.publicAddresses, ...node.lanAddresses];
  const sixOnly = layout.ipv6 && addresses.every((address) => familyOf(address) === 6);
  return `http://${sixOnly ? `[${PROXY6}]` : GATEWAY4}:${PROXY_PORT}`;
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

function networkFiles(node: Node, router: RouterLayout | undefined): MachinePlan['files'] {
  const folder = '/etc/systemd/network';
  if (router === undefined) return [file(`${folder}/10-host0.network`, publicLink(node, 'host0'))];
  const dual = node.publicAddresses.length > 0;
  return [
    file(`${folder}/10-host0.network`, lanLink(node, router)),
    ...(dual ? [file(`${folder}/20-wan0.network`, publicLink(node, 'wan0'))] : []),
  ];
}

/** Static addresses on a LAN; each family's default route goes by the router, unless the node has a public address of it. */
function lanLink(node: Node, router: RouterLayout): string {
  const addresses = node.lanAddresses.map((address) => {
    const subnet = subnetOf(router.site, address);
    return `Address=${subnet === undefined ? alone(address) : withPrefix(address, subnet)}`;
  });
  const gateways = ([4, 6] as const).flatMap((family) => {
    const own = node.lanAddresses.some((address) => familyOf(address) === family);
    const publicly = node.publicAddresses.some((address) => familyOf(address) === family);
    const gateway = gatewayOf(router, family);
    return own && !publicly && gateway !== undefined ? [`Gateway=${gateway}`] : [];
  });
  return link('host0', [...addresses, ...gateways]);
}

function publicLink(node: Node, name: string): string {
  const four = node.publicAddresses.find((address) => familyOf(address) === 4);
  const six = node.publicAddresses.find((address) => familyOf(address) === 6);
  return link(
    name,
    node.publicAddresses.map((address) => `Address=${alone(address)}`),
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
