import { createHash } from 'node:crypto';
import { courseOf } from '../../../facts/firewall/evaluate.js';
import type { Draft } from '../../draft/draft.js';
import { nameFrom } from '../../draft/names.js';
import { type Choices, designed, freeOnAll } from '../infer/design.js';
import { missingForwards, neededForwards, type RouterLine, unreachableSites } from '../infer/forwards.js';
import { type Layout, layOut } from '../infer/layout.js';
import type { World } from './types.js';

export const NONE = 'none';

/** The machines to survey: those that were named, minus those that were left out. */
export function wanted({ answers }: World): readonly string[] {
  const left = new Set(answers.leaveOut ?? []);
  return (answers.machines ?? []).filter((machine) => !left.has(machine));
}

/** Why machines can't take part, by machine: the login failed, or something needed is missing. */
export function hindrances({ seen: { survey } }: World): ReadonlyMap<string, string> {
  const failed = (survey?.failed ?? []).map(({ machine, error }) => [machine, error.message] as const);
  const unfit = (survey?.surveyed ?? []).flatMap(({ machine, facts }) => {
    const lacks = [
      ...(facts.systemd ? [] : ['systemd']),
      ...(facts.apt ? [] : ['apt']),
      ...(facts.module === 'no' && !facts.tun ? ['WireGuard in its kernel, and /dev/net/tun'] : []),
    ];
    const why = facts.readOnlyRoot
      ? 'has a root file system that is mounted read-only'
      : lacks.length > 0
        ? `has no ${lacks.join(' and no ')}`
        : undefined;
    return why === undefined ? [] : [[machine, `${facts.title || facts.os} ${why}`] as const];
  });
  return new Map([...failed, ...unfit]);
}

/** The machines and LANs as detected and corrected. */
export function layoutOf({ seen: { survey }, answers }: World): Layout {
  if (survey === undefined) return { placed: [], sites: [], twice: [] };
  return layOut(survey, {
    ...(answers.names && { names: answers.names }),
    ...(answers.sites && { sites: answers.sites }),
    ...(answers.public && { public: answers.public }),
  });
}

export const nodeNames = (layout: Layout): string[] => layout.placed.map(({ node }) => node.name);

/** Nodes that the internet can reach. */
export const publicNodes = (layout: Layout): string[] =>
  layout.placed.flatMap(({ node }) => ((node.publicAddresses ?? []).length > 0 ? [node.name] : []));

export const shapeOf = ({ answers }: World): 'mesh' | 'hub' =>
  (answers.clients ?? []).length > 0 ? 'hub' : (answers.shape ?? 'mesh');

export function hubOf(world: World): string | undefined {
  if (shapeOf(world) === 'mesh') return undefined;
  const layout = layoutOf(world);
  return world.answers.hub ?? publicNodes(layout)[0] ?? nodeNames(layout)[0];
}

function forwardRequest(world: World) {
  const { placed, sites } = layoutOf(world);
  const port = world.answers.port ?? freeOnAll(layoutOf(world)).port;
  return { sites, nodes: placed.map(({ node }) => node), hub: hubOf(world), port };
}

/** Nodes that need a forward for all pairs to connect. */
export const needed = (world: World): string[] => neededForwards(forwardRequest(world));

/** Whether some pair can only connect through a third node. */
export function needsRelay(world: World): boolean {
  if (shapeOf(world) === 'hub') return false;
  const request = forwardRequest(world);
  return (
    unreachableSites(request).length > 0 || (world.answers.forwards === NONE && needed(world).length > 0)
  );
}

/** Sites whose router could forward ports. */
export function forwardingSites(world: World): string[] {
  const { sites, placed } = layoutOf(world);
  return sites
    .filter(({ publicAddresses = [] }) => publicAddresses.length > 0)
    .filter(({ name }) =>
      placed.some(({ node }) => node.site === name && (node.publicAddresses ?? []).length === 0),
    )
    .map(({ name }) => name);
}

export function choicesOf(world: World): Choices {
  const { answers, seen } = world;
  const free = freeOnAll(layoutOf(world));
  return {
    name: answers.name ?? nameFrom(seen.folder, [], 'home'),
    shape: shapeOf(world),
    hub: hubOf(world),
    clients: answers.clients ?? [],
    gateway: answers.gateway === NONE ? undefined : answers.gateway,
    interface: answers.interface ?? free.interface,
    port: answers.port ?? free.port,
    range: answers.range ?? [],
    forwards: answers.forwards ?? NONE,
    relay: answers.relay,
  };
}

export const draftOf = (world: World): Draft => designed(layoutOf(world), choicesOf(world));

/** The forwards to enter into routers. */
export function routerLines(world: World): RouterLine[] {
  const { sites, nodes } = draftOf(world);
  return missingForwards(sites, layoutOf(world).sites, nodes);
}

/** Machines whose own firewall certainly drops what peers send to a port, with the rule. */
export function droppedAt(world: World, port: number) {
  return layoutOf(world).placed.flatMap(({ node, surveyed }) => {
    const packet = { family: 4 as const, protocol: 'udp' as const, port, notIn: ['lo'] };
    const { drop } = courseOf(surveyed.facts.tables, packet);
    return drop === undefined ? [] : [{ node: node.name, drop, packet }];
  });
}

/** The same for equal values, whatever the order of their keys. */
export const fingerprintOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
