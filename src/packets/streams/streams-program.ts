import { dataText } from '../data-text.js';
import prelude from '../prelude.pl';
import streams from './streams.pl';

/** Where the machines answer each other's streams: the port of the echo service, RFC 862. */
export const ECHO_PORT = 7;

/** A TCP stream that is kept open. */
export interface StreamTarget {
  readonly id: number;
  /** Streams of one group reach the same by different addresses; one of them is enough. */
  readonly group: number;
  /** Whether it is to be open before the change begins. */
  readonly before: boolean;
  /** Whether its group is waited for after the change. */
  readonly awaited: boolean;
  /** `ssh`: `cat` in an ssh session of this name in the ssh_config. */
  readonly way:
    | { readonly kind: 'tcp'; readonly address: string }
    | { readonly kind: 'ssh'; readonly name: string };
}

export interface StreamsRequest {
  /** Seconds between two bytes of a stream. */
  readonly interval: number;
  /** Path that the files by which it is led begin with. */
  readonly control: string;
  /** Path of the ssh_config. */
  readonly config?: string;
  readonly targets: readonly StreamTarget[];
}

/** What a stream went through; times are seconds of one clock. */
export type StreamEvent =
  /** The echo of its first byte came, on a new connection. */
  | { readonly kind: 'open'; readonly at: number }
  /** Nothing came after `last`, until `resumed` on the same connection; a new one got an answer at `reached`. */
  | { readonly kind: 'gap'; readonly last: number; readonly reached: number; readonly resumed: number }
  /** The connection broke, or stayed silent for too long. */
  | { readonly kind: 'end'; readonly last: number; readonly why: string }
  /** It was open when the measurement ended. */
  | { readonly kind: 'last'; readonly last: number; readonly reached: number | undefined };

export interface StreamsLog {
  /** When the change began. */
  readonly change: number | undefined;
  /** When every awaited group had a stream that flowed, or was waited for long enough. */
  readonly settled: number | undefined;
  /** By the id of the stream, in the order of time. */
  readonly events: ReadonlyMap<number, readonly StreamEvent[]>;
}

/** The perl program; its data is sent on standard input. Only perl-base is needed. */
export const STREAMS_PROGRAM = `${prelude}${streams}`;

/** The program's data. */
export function streamsData({ interval, control, config, targets }: StreamsRequest): string {
  return dataText([
    ['interval', interval],
    ['control', control],
    ['port', ECHO_PORT],
    ...(config === undefined ? [] : [['config', config]]),
    ...targets.map(({ id, group, before, awaited, way }) => [
      'stream',
      id,
      group,
      Number(before),
      Number(awaited),
      way.kind,
      way.kind === 'tcp' ? way.address : way.name,
    ]),
  ]);
}

/** Reads what the program printed. */
export function readStreams(text: string): StreamsLog {
  const events = new Map<number, StreamEvent[]>();
  let change: number | undefined;
  let settled: number | undefined;
  for (const line of text.split('\n')) {
    const [kind, first = '', ...words] = line.split(' ');
    if (kind === 'change') change = Number(first);
    else if (kind === 'settled') settled = Number(first);
    else {
      const event = eventOf(kind, words);
      if (event === undefined) continue;
      const id = Number(first);
      events.set(id, [...(events.get(id) ?? []), event]);
    }
  }
  return { change, settled, events };
}

function eventOf(kind: string | undefined, words: readonly string[]): StreamEvent | undefined {
  const [one = 0, two = 0, three = 0] = words.map(Number);
  if (kind === 'open') return { kind, at: one };
  if (kind === 'gap') return { kind, last: one, reached: two, resumed: three };
  if (kind === 'end') return { kind, last: one, why: words.slice(1).join(' ') };
  if (kind === 'last') return { kind, last: one, reached: two > 0 ? two : undefined };
  return undefined;
}
