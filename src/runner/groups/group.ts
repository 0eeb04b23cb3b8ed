import type { PlannedStep } from '../plan/planned.js';
import type { Carriers } from './carriers.js';

/** Nodes whose changes of a phase are kept together, or not at all. */
export interface Group {
  /** Nodes with changes, in the order of the inventory. */
  readonly members: readonly string[];
  /** Nodes without changes that are reached through a member. */
  readonly passengers: readonly string[];
}

/** Whether a node is a group of its own: no other one is waited for. */
export const isAlone = ({ members, passengers }: Group): boolean => members.length + passengers.length === 1;

export interface GroupRequest {
  /** Nodes with changes in the phase. */
  readonly changing: readonly string[];
  readonly carriers: Carriers;
  /** Sets of nodes whose changes are of use only together. */
  readonly joint: readonly (readonly string[])[];
  /** Nodes worked on at once. Where more than these would wait for each other, only those do who must. */
  readonly atOnce: number;
}

/** Nodes that are reached through `name`. */
export function reachedThrough(carriers: Carriers, name: string): string[] {
  return [...carriers].filter(([, through]) => through.has(name)).map(([node]) => node);
}

/** Who must be confirmed with whom: who is reached through whom, and those whose changes are of use only together. */
export function groupsOf({ changing, carriers, joint, atOnce }: GroupRequest): Group[] {
  const ties = changing.map((name) => [name, ...reachedThrough(carriers, name)]);
  const tight = joinSets([...ties, ...joint]);
  const size = (group: readonly string[]) => group.filter((name) => changing.includes(name)).length;
  const sets = tight.flatMap((group) => {
    if (size(group) <= atOnce) return [group];
    return joinSets(ties.filter(([first = '']) => group.includes(first)));
  });
  return sets.map((group) => ({
    members: changing.filter((name) => group.includes(name)),
    passengers: group.filter((name) => !changing.includes(name)),
  }));
}

/** Sets that have something in common become one. */
export function joinSets(sets: readonly (readonly string[])[]): string[][] {
  const joined: Set<string>[] = [];
  for (const set of sets) {
    const touching = joined.filter((one) => set.some((name) => one.has(name)));
    const whole = new Set([...touching.flatMap((one) => [...one]), ...set]);
    for (const one of touching) joined.splice(joined.indexOf(one), 1);
    joined.push(whole);
  }
  return joined.map((set) => [...set]);
}

/** Nodes by network whose planned changes leave that network's tunnels broken until the others have made theirs. */
export function jointNodes(planned: readonly PlannedStep[]): string[][] {
  const sets = new Map<string, Set<string>>();
  for (const { work, changes } of planned) {
    for (const { joint } of changes) {
      if (joint !== undefined) sets.set(joint, (sets.get(joint) ?? new Set()).add(work.node.name));
    }
  }
  return [...sets.values()].map((set) => [...set]);
}

/** Nodes in levels: each is reached through none but those of earlier levels. */
export function inLevels(names: readonly string[], carriers: Carriers): string[][] {
  const levels: string[][] = [];
  for (const name of names) {
    const depth = names.filter((other) => carriers.get(name)?.has(other)).length;
    levels[depth] = [...(levels[depth] ?? []), name];
  }
  return levels.filter((level) => level !== undefined);
}
