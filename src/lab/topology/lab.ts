import { InputError, type Problem } from '../../core/errors.js';
import { labNeeds } from '../../layers/index.js';
import type { LabNeeds } from '../../layers/lab.js';
import { isAddress, sameAddress } from '../../model/address.js';
import { atlasOf } from '../../model/atlas.js';
import type { Inventory } from '../../model/inventory.js';
import type { InternetPlan } from '../internet/types.js';
import { LabPaths, labName } from '../names.js';
import type { Dial, LabPlan, LaptopPlan, MachinePlan } from '../types.js';
import { clientNames, clientNote, placeClients, planClientMachine, webAddresses } from './clients.js';
import { placeLaptop, planDials } from './dials.js';
import { loginNotes, placesOf, planInternet, resolverFile, resolverText } from './internet.js';
import { type Layout, lanSite, layOut, subnetOf } from './layout.js';
import { planMachine } from './machine.js';
import { LAPTOP, planNamespaces, planNetwork } from './network.js';
import { routeNotes } from './return.js';
import { standInFiles } from './stand-ins.js';

/** Everything that a lab of this inventory consists of; pure. Throws InputError with all problems. */
export function planLab(inventory: Inventory, needs: Required<LabNeeds> = labNeeds(inventory)): LabPlan {
  const problems = labProblems(inventory);
  if (problems.length > 0) throw new InputError(problems);
  const sites = layOut(inventory, placeLaptop(inventory));
  const clients = placeClients(inventory, sites);
  const layout = { ...sites, routers: [...sites.routers, ...clients.map(({ router }) => router)] };
  const web = webAddresses(inventory, layout);
  const internet = planInternet(needs, layout);
  const places = internet === undefined ? [] : placesOf(internet);
  const { dials, problems: unreachable } = planDials(inventory, layout.laptop);
  if (unreachable.length > 0) throw new InputError(unreachable);
  const lab = labName(inventory.name);
  return {
    lab,
    namespaces: planNamespaces(inventory, layout, places),
    network: planNetwork(inventory, layout, new LabPaths(lab), web, places),
    machines: [
      ...inventory.nodes.map((node, index) => {
        const machine = planMachine(inventory, layout, node, index, dials);
        const addresses = [...node.publicAddresses, ...node.lanAddresses];
        return withFiles(machine, internet, addresses, standInFiles(needs.apps, node.name));
      }),
      ...clients.map((client) => withFiles(planClientMachine(client), internet, client.addresses)),
    ],
    laptop: planLaptop(inventory, layout, dials, internet),
    dials,
    clients: clients.map(({ name, addresses, outside }) => ({ name, addresses, outside })),
    web,
    ...(internet === undefined ? {} : { internet }),
    notes: [
      ...new Set([
        ...layout.notes,
        ...loginNotes(needs),
        ...clients.map(clientNote),
        ...routeNotes(inventory),
      ]),
    ],
    ipv6: layout.ipv6,
  };
}

/** A machine with a resolver, if there is a DNS, and more files. */
function withFiles(
  machine: MachinePlan,
  internet: InternetPlan | undefined,
  addresses: readonly string[],
  more: MachinePlan['files'] = [],
): MachinePlan {
  const resolver = internet === undefined ? [] : [resolverFile(internet, addresses)];
  return { ...machine, files: [...machine.files, ...resolver, ...more] };
}

function planLaptop(
  inventory: Inventory,
  { laptop }: Layout,
  dials: readonly Dial[],
  internet: InternetPlan | undefined,
): LaptopPlan {
  const names = dials
    .filter((dial) => dial.through === undefined)
    .flatMap((dial) => dialNames(inventory, dial).map((name) => `${dial.address} ${name}`));
  const lines = ['127.0.0.1 localhost', '::1 localhost ip6-localhost ip6-loopback', ...new Set(names)];
  return {
    namespace: LAPTOP,
    ...(laptop.site === undefined ? {} : { site: laptop.site }),
    addresses: laptop.addresses,
    hosts: `${lines.join('\n')}\n`,
    ...(internet === undefined ? {} : { resolver: resolverText(internet, laptop.addresses) }),
  };
}

/** Names for a dial's address: its host if that is a name, and the node's name if the address is its own. */
function dialNames(inventory: Inventory, { node, host, address }: Dial): string[] {
  const found = atlasOf(inventory).nodes.get(node);
  const own = [...(found?.publicAddresses ?? []), ...(found?.lanAddresses ?? [])];
  return [
    ...(isAddress(host) ? [] : [host]),
    ...(own.some((candidate) => sameAddress(candidate, address)) ? [node] : []),
  ];
}

/** What is valid for real machines, but can't be built as a lab. */
function labProblems(inventory: Inventory): Problem[] {
  const problems: Problem[] = [];
  const problem = (path: string, message: string, fix: string) =>
    problems.push({ file: inventory.file, path, message, fix });

  if (inventory.nodes.length === 0) problem('nodes', 'there are no nodes to build machines for', 'add one');
  const { laptop } = inventory.lab;
  if (laptop !== undefined && !inventory.sites.some(({ name }) => name === laptop)) {
    const names = inventory.sites.map(({ name }) => name).join(', ') || 'none are defined';
    problem('lab.laptop', `no site named ${laptop}`, `name one of: ${names}`);
  }
  const named = [...inventory.nodes, ...inventory.sites].map(({ name }) => name);
  for (const name of [...named, ...clientNames(inventory)]) {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name)) {
      problem(
        name,
        'the lab cannot use this as the name of a machine or a router',
        'use letters, digits, dots and dashes, at most 63',
      );
    }
  }
  for (const node of inventory.nodes) {
    const path = `nodes.${node.name}`;
    if (node.lanAddresses.length > 0 && lanSite(inventory, node) === undefined) {
      problem(`${path}.site`, 'the node has LAN addresses but no site', 'name its site');
    }
    if (node.lanAddresses.length + node.publicAddresses.length === 0) {
      problem(path, 'the node has no address', 'give it `public`, or a `site` and `lan`');
    }
    const site = lanSite(inventory, node);
    for (const address of site === undefined ? [] : node.lanAddresses) {
      if (site !== undefined && subnetOf(site, address) === undefined) {
        problem(
          `${path}.lan`,
          `${address} is not in any subnet of site ${site.name}`,
          `use one of ${site.subnets.join(', ')}`,
        );
      }
    }
    for (const address of node.publicAddresses) {
      const owner = inventory.sites.find((other) =>
        other.publicAddresses.some((own) => sameAddress(own, address)),
      );
      if (owner !== undefined) {
        problem(
          `${path}.public`,
          `${address} belongs to the router of site ${owner.name}`,
          'remove it, and forward the ports that the node needs',
        );
      }
    }
  }
  return problems;
}
