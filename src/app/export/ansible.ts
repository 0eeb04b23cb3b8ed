import { stringify } from 'yaml';
import { hostPort } from '../../model/address.js';
import { networksOf } from '../../model/atlas.js';
import type { Inventory, Node, Site } from '../../model/inventory.js';
import { PREFIX } from '../import/ansible/own-variables.js';

const HEADER = `# Written by \`bridgehead export ansible\`. What Ansible has no variable for is in variables that begin with ${PREFIX},
# so that \`bridgehead import\` gets the same machines back.
`;

/** An Ansible inventory in YAML, with groups by role, site and network. */
export function ansibleText(inventory: Inventory): string {
  const { nodes, sites, networks } = inventory;
  const roles = [...new Set(nodes.flatMap(({ role }) => role ?? []))];
  const hosts = (chosen: readonly Node[]) => ({
    hosts: Object.fromEntries(chosen.map(({ name }) => [name, null])),
  });
  const children = Object.fromEntries([
    ...roles.map((role) => [group('role', role), hosts(nodes.filter((node) => node.role === role))]),
    ...sites.map((site) => [
      group('site', site.name),
      { ...hosts(nodes.filter((node) => node.site === site.name)), vars: siteVariables(site) },
    ]),
    ...networks.map((network) => [
      group('network', network.name),
      hosts(nodes.filter((node) => networksOf(inventory, node.name).includes(network))),
    ]),
  ]);
  const all = {
    hosts: Object.fromEntries(nodes.map((node) => [node.name, hostVariables(inventory, node)])),
    ...(Object.keys(children).length > 0 && { children }),
  };
  return HEADER + stringify({ all }, { nullStr: '', lineWidth: 0 });
}

/** Ansible doesn't allow hyphens in names of groups. */
const group = (kind: string, name: string): string => `${kind}_${name.replaceAll('-', '_')}`;

function hostVariables(inventory: Inventory, node: Node): object {
  const { ssh, name } = node;
  const addresses = networksOf(inventory, name).map((network): [string, readonly string[]] => [
    network.name,
    network.members.find((member) => member.node === name)?.addresses ?? [],
  ]);
  return {
    ansible_host: ssh.host,
    ansible_port: ssh.port,
    ansible_user: ssh.user,
    ansible_ssh_private_key_file: ssh.key,
    ansible_ssh_common_args: ssh.jump === undefined ? undefined : `-o ProxyJump=${hops(inventory, ssh.jump)}`,
    ansible_become: ssh.user === 'root' ? undefined : true,
    ...prefixed({
      role: node.role,
      site: node.site,
      lan: orNone(node.lanAddresses),
      public: node.publicAddresses,
      addresses: addresses.length === 0 ? undefined : Object.fromEntries(addresses),
      jump: ssh.jump,
      host_key: orNone(ssh.hostKeys),
      sudo: ssh.sudo === 'auto' ? undefined : ssh.sudo,
      sudo_password_file: ssh.sudoPasswordFile,
      release: node.release === 'bookworm' ? undefined : node.release,
    }),
  };
}

function siteVariables({ subnets, router, publicAddresses, nat, forwards }: Site): object {
  return prefixed({
    subnet: subnets,
    router,
    router_public: orNone(publicAddresses),
    nat,
    forwards: forwards.length === 0 ? undefined : forwards,
  });
}

const prefixed = (values: object): object =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [PREFIX + key, value]));

const orNone = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list);

/** The jump hosts of a node in the form of `ssh -J`: the first hop first. */
function hops({ nodes }: Inventory, jump: string): string {
  const node = nodes.find(({ name }) => name === jump);
  if (node === undefined) return jump;
  const { host, port, user, jump: before } = node.ssh;
  const at = port === undefined ? (host.includes(':') ? `[${host}]` : host) : hostPort(host, port);
  const hop = user === undefined ? at : `${user}@${at}`;
  return before === undefined ? hop : `${hops({ nodes } as Inventory, before)},${hop}`;
}
