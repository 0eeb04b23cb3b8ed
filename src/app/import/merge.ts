import { canonical, isAddress } from '../../model/address.js';
import { nameFrom } from '../draft/names.js';
import type { Found, Machine, Place } from './found.js';
import { isInside, type NamedMachine } from './places.js';

/** The machines of all sources, each once, with names for an inventory; and the inventory's name for each name in a source. */
export function mergeMachines(found: Found): {
  machines: NamedMachine[];
  nameOf: (machine: Machine) => string;
} {
  const groups: Machine[][] = [];
  const byAddress = new Map<string, Machine[][]>();
  const byName = new Map<string, Machine[][]>();
  for (const machine of found.machines) {
    const group = sameByName(machine, byName, found) ?? sameByAddress(machine, byAddress, found) ?? [];
    if (group.length === 0) groups.push(group);
    group.push(machine);
    for (const address of placesOf(machine)) index(byAddress, address, group);
    index(byName, nameFrom(machine.name), group);
  }
  const names: string[] = [];
  const nodeNames = new Map<Machine, string>();
  const machines = groups.map((group) => {
    const nodeName = nameFrom(group[0]?.name ?? '', names);
    names.push(nodeName);
    for (const machine of group) nodeNames.set(machine, nodeName);
    return { ...group.reduce((one, other) => join(one, other, found)), nodeName };
  });
  const named = machines.map((machine) => ({ ...machine, ssh: withJump(machine, machines) }));
  return { machines: named, nameOf: (machine) => nodeNames.get(machine) ?? '' };
}

function index(map: Map<string, Machine[][]>, key: string, group: Machine[]): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [group]);
  else if (!known.includes(group)) known.push(group);
}

/** Where you log in to it: host and addresses. */
const placesOf = ({ ssh, addresses, tunnelled = [] }: Machine): string[] => [
  ...new Set([...(ssh.host === undefined ? [] : [ssh.host.toLowerCase()]), ...addresses, ...tunnelled]),
];

/** The machine of that name in another file. Two addresses of the same kind mean two machines, which is a problem. */
function sameByName(machine: Machine, byName: Map<string, Machine[][]>, found: Found): Machine[] | undefined {
  const group = byName
    .get(nameFrom(machine.name))
    ?.find((others) => others.every(({ at }) => at.file !== machine.at.file));
  const other = group?.find((one) => contradicts(one, machine));
  if (other !== undefined) {
    const message = `${machine.name} is ${machine.addresses.join(', ')} here, and ${other.addresses.join(', ')} in ${show(other.at)}`;
    found.problem(machine.at, message, 'rename one if they are two machines, or correct one');
  }
  return group;
}

function contradicts(one: Machine, other: Machine): boolean {
  const tunnelled = new Set([...(one.tunnelled ?? []), ...(other.tunnelled ?? [])]);
  return [true, false].some((inside) => {
    const [a = [], b = []] = [one, other].map(({ addresses }) =>
      addresses.filter(
        (address) => isInside(address) === inside && !address.includes(':') && !tunnelled.has(address),
      ),
    );
    return a.length > 0 && b.length > 0 && !a.some((address) => b.includes(address));
  });
}

/** The machine that you log in to at the same place, whatever its name. */
function sameByAddress(
  machine: Machine,
  byAddress: Map<string, Machine[][]>,
  found: Found,
): Machine[] | undefined {
  for (const address of placesOf(machine)) {
    const group = byAddress
      .get(address)
      ?.find((others) => others.some((other) => isSameLogin(other, machine)));
    const [first] = group ?? [];
    if (group === undefined || first === undefined) continue;
    const message = `${machine.name} is ${first.name} of ${show(first.at)} under another name: both are ${address}`;
    if (machine.name !== first.name)
      found.note(machine.at, message, `they are one machine, ${nameFrom(first.name)}, in the inventory`);
    return group;
  }
  return undefined;
}

/** There may be several machines behind one address: at other ports, or through other jump hosts. */
function isSameLogin(one: Machine, other: Machine): boolean {
  const knowsLogin = ({ ssh }: Machine): boolean => ssh.host !== undefined;
  if (one.node?.site !== other.node?.site && one.node?.site && other.node?.site) return false;
  if (!knowsLogin(one) || !knowsLogin(other)) return true;
  return (one.ssh.port ?? 22) === (other.ssh.port ?? 22) && one.ssh.jump === other.ssh.jump;
}

/** The first one counts; the other adds what the first leaves open. */
function join(one: Machine, other: Machine, found: Found): Machine {
  for (const key of ['user', 'port', 'key', 'jump'] as const) {
    const [first, second] = [one.ssh[key], other.ssh[key]];
    if (first === undefined || second === undefined || first === second) continue;
    found.note(
      other.at,
      `${key} of ${one.name} is ${second} here, and ${first} in ${show(one.at)}`,
      `${first} was imported`,
    );
  }
  return {
    ...one,
    ssh: { ...other.ssh, ...one.ssh },
    addresses: [...new Set([...one.addresses, ...other.addresses])],
    ...((one.node ?? other.node) && { node: { ...other.node, ...one.node } }),
    ...((one.site ?? other.site) && { site: (one.site ?? other.site) as NonNullable<Machine['site']> }),
    reachedAt: [...(one.reachedAt ?? []), ...(other.reachedAt ?? [])],
  };
}

/** A jump host that is one of the machines gets that machine's name. */
function withJump({ ssh }: Machine, machines: readonly NamedMachine[]): Machine['ssh'] {
  if (ssh.jump === undefined) return ssh;
  const [, user, six, plain = '', port] =
    /^(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+|[0-9A-Fa-f:]+:[0-9A-Fa-f:]*))(?::(\d+))?$/.exec(ssh.jump) ?? [];
  const host = six ?? plain;
  const place = isAddress(host) ? canonical(host) : host.toLowerCase();
  const jump = machines.find(
    (one) =>
      (one.name === host || placesOf(one).includes(place)) &&
      (user === undefined || one.ssh.user === undefined || one.ssh.user === user) &&
      (one.name === host || (one.ssh.port ?? 22) === Number(port ?? 22)),
  );
  return jump === undefined ? ssh : { ...ssh, jump: jump.nodeName };
}

const show = ({ file, line }: Place): string => (line === undefined ? file : `${file}:${line}`);
