import { sameAddress } from '../../model/address.js';
import type { Inventory } from '../../model/inventory.js';
import type { Lint } from '../lint.js';
import { NOTHING_ASKED } from '../step.js';
import { insideOf } from './answers.js';
import type { Dns } from './inventory/types.js';
import { addressesAt, isOpenToAll, viewsOf } from './views.js';

/** Names with two answers, and nodes that can't serve. */
export function lintDns(inventory: Inventory): Lint[] {
  const { dns } = inventory;
  if (dns === undefined) return [];
  return [
    ...lintNames(inventory, dns),
    ...lintServers(inventory, dns),
    ...lintOpen(inventory, dns),
    ...lintUpstream(inventory, dns),
  ];
}

/** Who answers a name, and what makes two of its owners the same. */
interface Owner {
  readonly as: string;
  readonly answer: string;
}

function lintNames({ nodes, apps }: Inventory, dns: Dns): Lint[] {
  const [zone = ''] = dns.zones;
  const owners = new Map<string, Owner>(
    dns.nodes
      ? nodes.map(({ name }) => [
          `${name}.${zone}`,
          { as: `the name of node ${name}`, answer: `node ${name}` },
        ])
      : [],
  );
  const claim = (name: string, owner: Owner, lint: Omit<Lint, 'severity' | 'message'>): Lint[] => {
    const first = owners.get(name);
    if (first === undefined) owners.set(name, owner);
    if (first === undefined || first.answer === owner.answer) return [];
    return [{ severity: 'error', ...lint, message: `${name} is already ${first.as}` }];
  };
  const routed = new Set<string>();
  const hosts = apps.flatMap((app) =>
    app.hosts.flatMap((host) => {
      const isRouted = app.kind === 'http' || app.kind === 'tls';
      // An edge can't route a name to two apps, which is an error of its own.
      if (isRouted && routed.has(host)) return [];
      if (isRouted) routed.add(host);
      const answer = `app ${app.edges.join(' ')} ${JSON.stringify(insideOf(dns, app))}`;
      const isNode = owners.get(host)?.answer.startsWith('node ') === true;
      const fix = isNode
        ? 'give the app another name, or write "nodes: false" into dns'
        : 'write the same into dns.apps for both';
      const isOwn = !isNode && dns.apps[app.name] !== undefined;
      const path = isOwn ? ['dns', 'apps', app.name] : ['apps', app.name, 'host'];
      return claim(
        host,
        { as: `the name of app ${app.name}`, answer },
        { path, ...(!isOwn && { value: host }), fix },
      );
    }),
  );
  const records = dns.records.flatMap(({ key, name }) =>
    claim(
      name,
      { as: `record ${key}`, answer: `record ${key}` },
      { path: ['dns', 'records', key], fix: fixFor(owners.get(name)) },
    ),
  );
  return [...hosts, ...records];
}

function fixFor(first: Owner | undefined): string {
  const app = /^the name of app (.*)$/.exec(first?.as ?? '')?.[1];
  return app === undefined ? 'keep one of them' : `write "dns: { apps: { ${app}: ... } }" instead`;
}

function lintServers(inventory: Inventory, { serve }: Dns): Lint[] {
  return serve
    .filter((server) => viewsOf(inventory, server).length === 0)
    .map((server) => ({
      severity: 'error',
      path: ['dns', 'serve'],
      value: server,
      message: `${server} has no address on a LAN, and is in no network: nobody could ask it`,
      fix: `add nodes.${server}.lan and its site, or name another node`,
    }));
}

/** Addresses at which a resolver would answer the internet, which is used to flood others. */
function lintOpen(inventory: Inventory, { serve }: Dns): Lint[] {
  return serve.flatMap((server) =>
    viewsOf(inventory, server).flatMap((view): Lint[] => {
      const addresses = addressesAt(inventory, NOTHING_ASKED, view.place, server);
      const open = addresses.filter((address) => isOpenToAll(inventory, view, address));
      return open.map((address) => ({
        severity: open.length === addresses.length ? 'error' : 'warning',
        path: ['nodes', server, 'lan'],
        value: address,
        message: `names are not answered at ${address}: it is public, and dnsmasq would answer anybody on the internet`,
        fix: `write "resolver: unbound" into dns, which answers only your ranges and private ones, or close ${server} by a rule of "firewall"`,
      }));
    }),
  );
}

/** A resolver that asks itself. */
function lintUpstream({ nodes, networks }: Inventory, { serve, upstream }: Dns): Lint[] {
  return upstream.flatMap((address): Lint[] => {
    const server = serve.find((name) => {
      const node = nodes.find((one) => one.name === name);
      const overlay = networks.flatMap(({ members }) =>
        members.filter((member) => member.node === name).flatMap((member) => member.addresses),
      );
      return [...(node?.lanAddresses ?? []), ...(node?.publicAddresses ?? []), ...overlay].some((own) =>
        sameAddress(own, address),
      );
    });
    if (server === undefined) return [];
    const message = `${address} is ${server} itself: questions would go round in a circle`;
    const fix = "write your provider's or a public resolver, such as 9.9.9.9, or remove upstream";
    return [{ severity: 'error', path: ['dns', 'upstream'], value: address, message, fix }];
  });
}
