import type { FragmentReply } from '../../remote/program.js';
import type { Finding, GateContext, Verdict } from '../types.js';

/** Last line of every probe's output: without it the reply was cut off. */
export const END_LINE = 'end';

/** What one node answered, split into words; the first word names what the line tells. */
export type Lines = readonly (readonly string[])[];

/** A probe's reply that says something no probe says. */
export class GarbledReply extends Error {}

/** The words after `word` on its only line. Throws GarbledReply when it isn't there exactly once with at least `count` words. */
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

/** A whole number as probes print it. Throws GarbledReply. */
export function integer(text: string | undefined): number {
  if (text === undefined || !/^\d{1,15}$/.test(text))
    throw new GarbledReply(`expected a number, got "${text ?? ''}"`);
  return Number(text);
}

function printable(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ')
    .trim()
    .slice(0, 200);
}

function linesOf(reply: FragmentReply): Lines {
  const lines = reply.stdout
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (reply.code !== 0) throw new GarbledReply(`the probe ended with status ${reply.code}`);
  if (lines.at(-1) !== END_LINE) throw new GarbledReply('the reply was cut off');
  return lines.slice(0, -1).map((line) => line.split(/\s+/).map(printable));
}

function garbled(node: string, reason: string, reply: FragmentReply | undefined): Finding {
  const said = printable(reply?.stderr ?? '') || printable(reply?.stdout.slice(-200) ?? '');
  return {
    go: false,
    node,
    expected: "the probe's reply",
    seen: said === '' ? reason : `${reason}: ${said}`,
    fix: `run the gate again; if it stays, log in on ${node} and look for a full disk, a broken shell or a missing command`,
  };
}

export interface Readings<S> {
  /** By node, for those whose reply could be read. */
  readonly seen: ReadonlyMap<string, S>;
  /** A STOP for every node whose reply is missing or garbled. */
  readonly unread: readonly Finding[];
}

/** Parses every measured node's reply; what can't be read becomes a STOP, never silence. */
export function readReplies<S>(
  context: GateContext<unknown>,
  replies: ReadonlyMap<string, FragmentReply>,
  parse: (lines: Lines, node: string) => S,
): Readings<S> {
  const seen = new Map<string, S>();
  const unread: Finding[] = [];
  for (const node of new Set([...context.measured, ...replies.keys()])) {
    const reply = replies.get(node);
    if (reply === undefined) {
      unread.push(garbled(node, 'no reply', undefined));
      continue;
    }
    try {
      seen.set(node, parse(linesOf(reply), node));
    } catch (error) {
      if (!(error instanceof GarbledReply)) throw error;
      unread.push(garbled(node, error.message, reply));
    }
  }
  return { seen, unread };
}

/** A verdict over all readings. A node that was read but has no finding is a STOP: nothing was proven there. */
export function conclude<S>(
  readings: Readings<S>,
  findings: readonly Finding[],
  summarize: (go: number, all: number) => string,
): Verdict {
  const told = new Set(findings.map((finding) => finding.node));
  const silent = [...readings.seen.keys()]
    .filter((node) => !told.has(node))
    .map((node) => ({
      go: false,
      node,
      expected: 'a measurement',
      seen: 'nothing was measured',
      fix: 'report this as a bug',
    }));
  const everything = [...readings.unread, ...silent, ...findings];
  return {
    summary: summarize(everything.filter((finding) => finding.go).length, everything.length),
    findings: everything,
  };
}

/** `3 nodes`, `1 pair`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
