import { sha256 } from '../../../core/sha256.js';
import { courseOf } from '../../../facts/firewall/evaluate.js';
import type { Draft } from '../../draft/draft.js';
import { nameFrom } from '../../draft/names.js';
import { NONE } from '../infer/corrections.js';
import { type Choices, designed, freeOnAll } from '../infer/design.js';
import { extended, joiningRequest } from '../infer/extend.js';
import {
  type ForwardRequest,
  meetsOnlyThrough,
  missingForwards,
  neededForwards,
  type RouterLine,
  unreachableSites,
} from '../infer/forwards.js';
import { type Layout, layOut } from '../infer/layout.js';
import { addedTo, joined } from './mode.js';
import type { World } from './types.js';

export { NONE };

/** The machines to survey: those that were named, minus those that were left out. */
export function wanted({ answers }: World): readonly string[] {
  const left = new Set(answers.leaveOut ?? []);
  return (answers.machines ?? []).filter((machine) => !left.has(machine));
}

const layouts = new WeakMap<World, Layout>();

/** The machines and LANs as detected and corrected. */
export function layoutOf(world: World): Layout {
  const layout = layouts.get(world) ?? newLayout(world);
  layouts.set(world, layout);
  return layout;
}

function newLayout(world: World): Layout {
  const { survey } = world.seen;
  if (survey === undefined) return { placed: [], sites: [], twice: [] };
  const { names, sites, public: addresses } = world.answers;
  const corrections = {
    ...(names && { names }),
    ...(sites && { sites }),
    ...(addresses && { public: addresses }),
  };
  return layOut(survey, corrections, addedTo(world));
}

export const nodeNames = (layout: Layout): string[] => layout.placed.map(({ node }) => node.name);

/** Nodes that the internet can reach. */
export const publicNodes = (layout: Layout): string[] =>
  layout.placed.flatMap(({ node }) => ((node.publicAddresses ?? []).length > 0 ? [node.name] : []));

export function shapeOf(world: World): 'mesh' | 'hub' {
  const { clients = [], shape = 'mesh' } = world.answers;
  return joined(world)?.shape ?? (clients.length > 0 ? 'hub' : shape);
}

export function hubOf(world: World): string | undefined {
  if (shapeOf(world) === 'mesh') return undefined;
  const hub = joined(world)?.hubs[0];
  if (hub !== undefined) return hub;
  const layout = layoutOf(world);
  return world.answers.hub ?? publicNodes(layout)[0] ?? nodeNames(layout)[0];
}

/** The network's UDP port, as far as that is decided. */
export const portOf = (world: World): number =>
  joined(world)?.port ?? world.answers.port ?? freeOnAll(layoutOf(world)).port;

function forwardRequest(world: World): ForwardRequest {
  const there = addedTo(world);
  if (there !== undefined) return joiningRequest({ there, network: joined(world) }, layoutOf(world));
  const { placed, sites } = layoutOf(world);
  return { sites, nodes: placed.map(({ node }) => node), hub: hubOf(world), port: portOf(world) };
}

/** Nodes that need a forward for all pairs to connect. */
export const needed = (world: World): string[] => neededForwards(forwardRequest(world));

/** Whether some pair can only connect through a third node. */
export function needsRelay(world: World): boolean {
  if (shapeOf(world) === 'hub') return false;
  const request = forwardRequest(world);
  if (request.joining !== undefined)
    return joined(world)?.relay === undefined && meetsOnlyThrough(request, world.answers.forwards ?? NONE);
  return (
    unreachableSites(request).length > 0 || (world.answers.forwards === NONE && needed(world).length > 0)
  );
}

/** Nodes through which pairs could go that can't connect. */
export function relaysFor(world: World): string[] {
  const members = new Set(joined(world)?.members.map(({ node }) => node));
  const known = (addedTo(world)?.nodes ?? []).filter(
    ({ name, publicAddresses }) => members.has(name) && publicAddresses.length > 0,
  );
  return [...known.map(({ name }) => name), ...publicNodes(layoutOf(world))];
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

export function draftOf(world: World): Draft {
  const there = addedTo(world);
  const { forwards = NONE, relay } = world.answers;
  return there === undefined
    ? designed(layoutOf(world), choicesOf(world))
    : extended({ there, network: joined(world) }, layoutOf(world), { forwards, relay });
}

/** The forwards to enter into routers. */
export function routerLines(world: World): RouterLine[] {
  const { sites, nodes } = draftOf(world);
  const known = [...layoutOf(world).sites, ...(addedTo(world)?.sites ?? [])];
  return missingForwards(sites, known, nodes);
}

/** Machines whose own firewall certainly drops what peers send to a port, with the rule. */
export function droppedAt(world: World, port: number) {
  return layoutOf(world).placed.flatMap(({ node, surveyed }) => {
    const packet = { family: 4 as const, protocol: 'udp' as const, port, notIn: ['lo'] };
    const { drop } = courseOf(surveyed.facts.tables ?? [], packet);
    return drop === undefined ? [] : [{ node: node.name, drop, packet }];
  });
}

/** The same for equal values, whatever the order of their keys. */
export const fingerprintOf = (value: unknown): string => sha256(JSON.stringify(value)).slice(0, 16);
