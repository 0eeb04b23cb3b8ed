import { show, suggest } from '../../../document/index.js';
import type { Client, Member, Network } from '../../../model/inventory.js';
import type { RawNetwork } from '../../../model/raw.js';
import type { Resolution } from '../../resolution.js';

/** The hubs of a network, and which of them each spoke and client connects to. */
export function resolveHubs(
  work: Resolution,
  network: string,
  raw: RawNetwork,
  members: readonly Member[],
  clients: readonly Client[],
): Pick<Network, 'hubs' | 'hubOf'> {
  const path = ['networks', network];
  if (raw.shape !== 'hub') {
    refuseInMesh(work, network, raw);
    return { hubs: [], hubOf: {} };
  }
  const names = members.map(({ node }) => node);
  if (raw.hub === undefined && work.isSound([...path, 'hub'])) {
    const reachable = names.find((name) => work.raw.nodes?.[name]?.public !== undefined);
    const fix = `name the member that all others connect to, such as "hub: ${reachable ?? names[0] ?? 'edge-1'}"`;
    work.report([...path, 'hub'], 'is missing', fix, 'key');
  }
  const hubs = resolveNames(work, network, raw.hub, names);
  const callers = [...names.filter((name) => !hubs.includes(name)), ...clients.map(({ name }) => name)];
  const chosen = resolveChosen(work, network, raw, hubs, callers);
  const first = hubs[0];
  const hubOf = callers.flatMap((name): [string, string][] => {
    const hub = chosen.get(name) ?? first;
    return hub === undefined ? [] : [[name, hub]];
  });
  return { hubs, hubOf: Object.fromEntries(hubOf) };
}

function refuseInMesh(work: Resolution, network: string, raw: RawNetwork): void {
  const path = ['networks', network];
  if (!work.isSound([...path, 'shape'])) return;
  for (const key of ['hub', 'hubOf'] as const) {
    if (raw[key] === undefined) continue;
    const fix = `set networks.${network}.shape: hub, or remove it`;
    work.report([...path, key], 'is only for shape hub, and the network is a mesh', fix, 'key');
  }
}

function resolveNames(
  work: Resolution,
  network: string,
  written: RawNetwork['hub'],
  names: readonly string[],
): string[] {
  const path = ['networks', network, 'hub'];
  const isKnown = work.isFlawless(['networks', network, 'addresses']);
  const list = typeof written === 'string' ? [written] : (written ?? []);
  const found: string[] = [];
  for (const [i, name] of list.entries()) {
    if (name === null) continue;
    const at = typeof written === 'string' ? path : [...path, i];
    if (!names.includes(name)) {
      const message = `must name a member of the network; got ${show(name)}`;
      // A misspelt member is reported where it is one.
      if (isKnown) work.report(at, message, suggest(name, names, 'the network has no members'));
    } else if (found.includes(name)) {
      work.report(at, `duplicate hub ${name}`, 'keep one of them');
    } else {
      found.push(name);
    }
  }
  return found;
}

function resolveChosen(
  work: Resolution,
  network: string,
  raw: RawNetwork,
  hubs: readonly string[],
  callers: readonly string[],
): ReadonlyMap<string, string> {
  const chosen = new Map<string, string>();
  const written = [...Object.keys(raw.addresses ?? {}), ...Object.keys(raw.clients ?? {})];
  const areMembersKnown = work.isFlawless(['networks', network, 'addresses']);
  const areHubsKnown = areMembersKnown && work.isFlawless(['networks', network, 'hub']);
  for (const [name, hub] of Object.entries(raw.hubOf ?? {})) {
    const path = ['networks', network, 'hubOf', name];
    if (hubs.includes(name)) {
      work.report(path, `${name} is a hub itself`, 'remove it: hubs connect to each other', 'key');
    } else if (!callers.includes(name)) {
      if (!areMembersKnown || written.includes(name)) continue;
      const message = `must name a spoke or a client; got ${show(name)}`;
      work.report(path, message, suggest(name, callers, 'the network has none'), 'key');
    } else if (hubs.includes(hub)) {
      chosen.set(name, hub);
    } else if (areHubsKnown) {
      const message = `must name a hub of the network; got ${show(hub)}`;
      work.report(path, message, suggest(hub, hubs, 'the network has no hub'));
    }
  }
  return chosen;
}
