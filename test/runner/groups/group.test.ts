import { type GroupRequest, groupsOf, inLevels } from '../../../src/runner/groups/group.js';

const carriers = (of: Readonly<Record<string, readonly string[]>>): GroupRequest['carriers'] =>
  new Map(Object.entries(of).map(([name, through]) => [name, new Set(through)]));
const CHAIN = carriers({ a: [], b: ['a'], c: ['a', 'b'], d: [] });
const groups = (over: Partial<GroupRequest>) =>
  groupsOf({ changing: [], carriers: CHAIN, joint: [], atOnce: 16, ...over });

describe('the groups of a phase', () => {
  it('are single nodes if nobody depends on another', () => {
    expect(groups({ changing: ['c', 'd'] })).toEqual([
      { members: ['c'], passengers: [] },
      { members: ['d'], passengers: [] },
    ]);
  });

  it('hold a jump host and all behind it, changed or not', () => {
    expect(groups({ changing: ['a', 'c', 'd'] })).toEqual([
      { members: ['a', 'c'], passengers: ['b'] },
      { members: ['d'], passengers: [] },
    ]);
  });

  it('do not tie nodes to each other that share a jump host which stays as it is', () => {
    expect(groups({ changing: ['b', 'd'], carriers: carriers({ b: ['a'], d: ['a'] }) })).toHaveLength(2);
  });

  it('become one if one node is reached through two that change', () => {
    const both = carriers({ x: ['a', 'b'] });
    expect(groups({ changing: ['a', 'b'], carriers: both })).toEqual([
      { members: ['a', 'b'], passengers: ['x'] },
    ]);
  });

  it('hold the members of a network, as long as all can be worked on at once', () => {
    const joint = [['a', 'd']];
    expect(groups({ changing: ['a', 'd'], joint, carriers: carriers({}) })).toEqual([
      { members: ['a', 'd'], passengers: [] },
    ]);
    expect(groups({ changing: ['a', 'd'], joint, atOnce: 1, carriers: carriers({}) })).toHaveLength(2);
    expect(groups({ changing: ['a', 'c', 'd'], joint, atOnce: 1 }).map(({ members }) => members)).toEqual([
      ['a', 'c'],
      ['d'],
    ]);
  });

  it('come in levels, what is reached directly first', () => {
    expect(inLevels(['c', 'a', 'd', 'b'], CHAIN)).toEqual([['a', 'd'], ['b'], ['c']]);
    expect(inLevels(['c', 'd'], CHAIN)).toEqual([['c', 'd']]);
  });
});
