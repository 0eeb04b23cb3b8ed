import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { back, reopened } from '../../../../src/app/provision/dialogue/course.js';
import { Draftfile } from '../../../../src/app/provision/dialogue/kept.js';
import { QUESTIONS } from '../../../../src/app/provision/dialogue/questions.js';
import type { Key } from '../../../../src/app/provision/dialogue/types.js';
import {
  ADDED,
  APART,
  askedIn,
  BROKEN,
  type Case,
  CORRECTED,
  converse,
  S0,
  S3,
  startOf,
  TWO_HOMES,
  TWO_HUBS,
} from './driver.js';

/** Between them they ask every question. */
const CASES: Readonly<Record<string, Case>> = {
  'four machines': S3,
  'a phone': S0,
  'two homes': TWO_HOMES,
  'two hubs': TWO_HUBS,
  corrected: CORRECTED,
  'a machine that can’t take part': BROKEN,
  'added machines': ADDED,
  'an added machine apart': APART,
};
const CORRECTIONS: readonly (Key | undefined)[] = ['names', 'sites', 'public'];

const cases = Object.entries(CASES).flatMap(([name, one]) =>
  askedIn(one).map((key, at) => [`${name}, ${at + 1}: ${key}`, one, at] as const),
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridgehead-draft-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('every question is asked here', () => {
  const asked = new Set(Object.values(CASES).flatMap(askedIn));
  expect(QUESTIONS.map(({ key }) => key).filter((key) => !asked.has(key))).toEqual([]);
});

it.each(cases)('after Ctrl-C the next start goes on from there: %s', (_name, one, at) => {
  const before = converse(one, undefined, at).talk;
  const file = new Draftfile(folder, 'inventory.yaml');
  file.write(before, undefined);
  const kept = file.read();
  if (kept === undefined) throw new Error('nothing was kept');
  const again = startOf(one);
  const resumed = { order: kept.order, world: { ...again.world, answers: kept.answers, done: kept.done } };
  expect(converse(one, resumed).asked).toEqual(askedIn(one).slice(at));
});

it.each(cases)('a step back asks the question before: %s', (_name, one, at) => {
  const talk = converse(one, undefined, at).talk;
  const before = at === 0 ? askedIn(one)[0] : askedIn(one)[at - 1];
  // What was found is shown again without the correction.
  const expected = CORRECTIONS.includes(before) ? 'found' : before;
  expect(converse(one, back(talk), 1).asked).toEqual([expected]);
});

it('asks again after work that was not GO', () => {
  const { talk } = converse(S3);
  expect(converse(S3, reopened(talk, 'apply'), 1).asked).toEqual(['apply']);
});
