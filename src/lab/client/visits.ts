import { setTimeout as sleep } from 'node:timers/promises';
import { BridgeheadError } from '../../core/errors.js';
import { Secret } from '../../core/secret.js';
import { presharedKeyFile } from '../../layers/wireguard/keys/preshared-files.js';
import { clientConfig } from '../../layers/wireguard/overlay/client-config.js';
import { canonical, isAddress } from '../../model/address.js';
import type { Inventory, Network } from '../../model/inventory.js';
import { hubOf } from '../../model/shape.js';
import { planVisits, type Visit } from '../topology/visits.js';
import type { Lab } from '../types.js';
import type { ClientKey } from './keys.js';

/** After a hub has rebooted a client needs up to 15 s to notice that its session is dead, and some more to connect again. */
const DEADLINE_MS = 60_000;
const CLOSED_MS = 4_000;

export interface Visited extends Visit {
  readonly go: boolean;
  /** What came, in the page's own words, or why nothing did. */
  readonly seen: string;
}

export interface VisitOptions {
  readonly signal?: AbortSignal;
  /** How long to wait for a page that must be reachable. */
  readonly deadlineMs?: number;
}

/**
 * Gives every client of a network its config, with the lab's own keys, and brings its tunnel up. Rejects with E_LAB if
 * wg-quick refuses it or the hub has no key.
 */
export async function connectClients(
  lab: Lab,
  inventory: Inventory,
  keys: readonly ClientKey[],
): Promise<void> {
  for (const network of inventory.networks) {
    for (const { name } of network.clients) {
      const key = keys.find((one) => one.network === network.name && one.client === name);
      if (key === undefined) throw new BridgeheadError('E_BUG', `no key was made for client ${name}`);
      const config = await configFor(lab, inventory, network, name, key.privateKey);
      await lab.client(name).up(config, tunnelOf(inventory, network));
    }
  }
}

/** Takes the tunnels of all clients down. */
export async function disconnectClients(lab: Lab, inventory: Inventory): Promise<void> {
  for (const network of inventory.networks) {
    for (const { name } of network.clients) await lab.client(name).down(tunnelOf(inventory, network));
  }
}

/** The same config that the client would get; the hub's keys are read from its machine. */
async function configFor(
  lab: Lab,
  inventory: Inventory,
  network: Network,
  client: string,
  privateKey: Secret,
): Promise<Secret> {
  const hub = hubOf(network, client);
  if (hub === undefined) throw new BridgeheadError('E_BUG', `client ${client} has no hub`);
  const ask = async (argv: readonly string[]) => {
    const { code, stdout, stderr } = await lab.exec(hub, argv);
    if (code === 0) return stdout.trim();
    throw new BridgeheadError('E_LAB', `${hub} has no key for client ${client}`, {
      node: hub,
      evidence: stderr.trim(),
    });
  };
  const hubPublicKey = await ask(['wg', 'show', network.interface, 'public-key']);
  const shared = network.presharedKeys
    ? { presharedKey: new Secret(await ask(['cat', presharedKeyFile(network.interface, client)])) }
    : {};
  return clientConfig(inventory, network, client, { privateKey, hubPublicKey, ...shared });
}

/** One tunnel per network, so a device in two networks has two. */
function tunnelOf({ networks }: Inventory, network: Network): string {
  return `wg${networks.indexOf(network)}`;
}

/**
 * Makes every client fetch what it may reach and try what it may not; in the order of the plan. A page that must be
 * reachable is retried for a minute; only after that do failures of the others prove something.
 */
export async function visitAll(
  lab: Lab,
  inventory: Inventory,
  options: VisitOptions = {},
): Promise<Visited[]> {
  const visited: Visited[] = [];
  for (const network of inventory.networks) {
    const visits = planVisits(inventory, network, lab.plan);
    const results = new Map<Visit, Visited>();
    const all = (chosen: readonly Visit[], work: (visit: Visit) => Promise<Visited>) =>
      Promise.all(chosen.map(async (visit) => results.set(visit, await work(visit))));
    await all(visits.filter(isOpen), (visit) => fetchOpen(lab, visit, options));
    await all(
      visits.filter((visit) => !isOpen(visit)),
      (visit) => tryClosed(lab, visit, tunnelOf(inventory, network)),
    );
    visited.push(...visits.flatMap((visit) => results.get(visit) ?? []));
  }
  return visited;
}

function isOpen({ from }: Visit): boolean {
  return from !== undefined;
}

async function fetchOpen(lab: Lab, visit: Visit, options: VisitOptions): Promise<Visited> {
  const { signal, deadlineMs = DEADLINE_MS } = options;
  const deadline = Date.now() + deadlineMs;
  for (let pause = 250; ; pause = Math.min(pause * 2, 4_000)) {
    const { ok, text } = await lab.client(visit.client).fetch(visit.url);
    const page = plainPage(text);
    const go = ok && page.endsWith(`; you came from ${visit.from}`);
    const wrong = ok && !go ? `; expected from ${visit.from}` : '';
    if (go || Date.now() > deadline) return { ...visit, go, seen: `${page}${wrong}` };
    await sleep(pause, undefined, { signal }).catch((cause) => {
      throw new BridgeheadError('E_INTERRUPTED', `interrupted while ${visit.client} fetched a page`, {
        cause,
      });
    });
  }
}

/** A failure only proves something if the tunnel is up. */
async function tryClosed(lab: Lab, visit: Visit, tunnel: string): Promise<Visited> {
  const client = lab.client(visit.client);
  const { ok, text } = await client.fetch(visit.url, { timeoutMs: CLOSED_MS });
  if (ok) return { ...visit, go: false, seen: `${text}; should not be reachable` };
  const { stdout } = await client.exec(['wg', 'show', tunnel, 'latest-handshakes']);
  const up = stdout.split('\n').some((line) => /\t[1-9]/.test(line));
  return { ...visit, go: up, seen: up ? text : `no handshake with the hub, so this proves nothing: ${text}` };
}

/** A page with the visitor's address as people write it: socat gives IPv6 in brackets and in full. */
export function plainPage(page: string): string {
  return page.replace(/\[([0-9a-fA-F:.]+)\]$/, (whole, address: string) =>
    isAddress(address) ? canonical(address) : whole,
  );
}
