import type { FragmentReply } from './program.js';

/** Last line of every probe's output: without it the reply was cut off. */
export const END_LINE = 'end';

/** One node's answer, split into words; the first word of a line says what the line is about. */
export type Lines = readonly (readonly string[])[];

/** A reply that can't be read, since no probe prints such text. */
export class GarbledReply extends Error {}

/** The words after `word` on its only line. Throws GarbledReply unless there is exactly one, with at least `count` words. */
export function only(lines: Lines, word: string, count = 1): readonly string[] {
  const found = lines.filter((line) => line[0] === word);
  const line = found[0];
  if (found.length !== 1 || line === undefined || line.length <= count) {
    throw new GarbledReply(`expected one line "${word}" with ${count} value${count === 1 ? '' : 's'}`);
  }
  return line.slice(1);
}

/** The words after `word` on each of its lines. */
export function all(lines: Lines, word: string): readonly (readonly string[])[] {
  return lines.filter((line) => line[0] === word).map((line) => line.slice(1));
}

/** The words after `word` and a number, on each of its lines with this number. Throws GarbledReply. */
export function numbered(lines: Lines, word: string, number: number): readonly (readonly string[])[] {
  return all(lines, word)
    .filter(([index]) => integer(index) === number)
    .map((words) => words.slice(1));
}

/** An integer as probes print it. Throws GarbledReply. */
export function integer(text: string | undefined): number {
  if (text === undefined || !/^\d{1,15}$/.test(text))
    throw new GarbledReply(`expected a number, got "${text ?? ''}"`);
  return Number(text);
}

/** Without what a terminal would take for more than text. */
const plain = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ').trim();

/** One line that a terminal can show. */
export const printable = (text: string): string => plain(text).slice(0, 200);

/** Characters of a word; no probe prints a longer one. */
const LONGEST = 16_384;

/** Never a part of it, which might say something else. */
function wordOf(text: string): string {
  if (text.length > LONGEST) throw new GarbledReply(`the reply has a word of ${text.length} characters`);
  return plain(text);
}

/** The lines of a complete reply. Throws GarbledReply if it failed or was cut off. */
function linesOf(reply: FragmentReply): Lines {
  const lines = reply.stdout
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (reply.code !== 0) throw new GarbledReply(`the probe ended with status ${reply.code}`);
  if (lines.at(-1) !== END_LINE) throw new GarbledReply('the reply was cut off');
  return lines.slice(0, -1).map((line) => line.split(/\s+/).map(wordOf));
}

/** A parser of complete replies from one of their lines; it throws GarbledReply if a probe failed or was cut off. */
export function fromLines<T>(parse: (lines: Lines, reply: FragmentReply) => T): (reply: FragmentReply) => T {
  return (reply) => parse(linesOf(reply), reply);
}
