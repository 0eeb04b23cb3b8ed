import { readdirSync } from 'node:fs';
import { CASES } from './cases/index.js';
import { schedule } from './schedule.js';

const names = (cases: readonly { readonly name: string }[]): string[] => cases.map(({ name }) => name);

describe('the fault matrix', () => {
  it('has at least 60 cases, each with a name of its own', () => {
    expect(new Set(names(CASES)).size).toBe(CASES.length);
    expect(CASES.length).toBeGreaterThanOrEqual(60);
  });

  it('has a playbook for every play', () => {
    const files = readdirSync('test/faults/playbooks', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => file.replace('.yaml', ''));
    const plays = new Set(CASES.map(({ play }) => play));
    expect([...plays].filter((play) => play !== 'mesh' && play !== 'shipped').sort()).toEqual(files.sort());
  });

  it('is in the same order for the same seed, in another one for another', () => {
    expect(names(schedule(CASES, 7))).toEqual(names(schedule(CASES, 7)));
    expect(names(schedule(CASES, 7))).not.toEqual(names(schedule(CASES, 8)));
    expect(names(schedule(CASES, 7)).sort()).toEqual(names(CASES).sort());
  });

  it.each([1, 2, 3])('samples each kind of fault before a second of any (seed %i)', (seed) => {
    const sample = schedule(CASES, seed, 8);
    expect(new Set(sample.map(({ fault }) => fault)).size).toBe(8);
  });
});
