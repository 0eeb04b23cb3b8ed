import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BridgeheadError } from '../../core/errors.js';
import {
  readStreams,
  STREAMS_PROGRAM,
  type StreamsLog,
  type StreamTarget,
  streamsData,
} from '../../packets/streams/streams-program.js';
import { settleAll } from '../host/settle.js';
import type { CommandResult, ExecOptions, Lab } from '../types.js';

/** A stream and where it starts: on a node, or, if there is none, on the laptop. */
export interface Stream extends StreamTarget {
  readonly from?: string;
}

export interface StreamOptions {
  /** Machines that streams lead to. */
  readonly nodes: readonly string[];
  /** Path of the laptop's ssh_config. */
  readonly config: string;
  readonly signal?: AbortSignal;
}

/** Streams that are open while something changes. */
export interface OpenStreams {
  /** Marks the moment at which the change begins. */
  change(): Promise<void>;
  /** Waits until what is awaited flows again, half a minute at most, ends the streams and says what they went through. */
  end(): Promise<readonly StreamsLog[]>;
  /** Ends them if they are still open. */
  abandon(): Promise<void>;
}

/** Seconds: what one stream sends at, and how long its machines get to open theirs and to end them. */
const FASTEST = 0.02;
const READY_S = 60;
const SETTLE_S = 90;
/** Streams for which a machine of the lab has time at that pace. */
const MANY = 50;

interface Place {
  readonly node: string | undefined;
  readonly control: string;
  readonly process: Promise<CommandResult>;
}

/** Opens the streams and waits until those of before the change flow, or can't be opened. E_LAB if a machine can't measure. */
export async function openStreams(
  lab: Lab,
  streams: readonly Stream[],
  options: StreamOptions,
): Promise<OpenStreams> {
  const interval = FASTEST * Math.max(1, Math.ceil(streams.length / MANY));
  const run = randomBytes(4).toString('hex');
  const places = [...options.nodes, undefined].map((node): Place => {
    const control = join(node === undefined ? lab.home : '/run', `streams-${run}`);
    const targets = streams.filter(({ from }) => from === node);
    const input = streamsData({
      interval,
      control,
      ...(node === undefined ? { config: options.config } : {}),
      targets,
    });
    const { signal } = options;
    const process = at(lab, node, ['perl', '-e', STREAMS_PROGRAM], {
      input,
      ...(signal === undefined ? {} : { signal }),
    });
    // It is awaited when the streams are ended; until then its failure is noticed by what waits for its files.
    process.catch(() => undefined);
    return { node, control, process };
  });
  const all = (work: (place: Place) => Promise<unknown>) => settleAll(places.map(work));
  let open = true;
  const stop = async () => {
    open = false;
    await all((place) => touch(lab, place, 'stop'));
  };
  const abandon = async () => {
    // What went wrong may be that a machine is gone, and its streams with it.
    if (open) await Promise.allSettled([stop()]);
  };
  try {
    await all((place) => appears(lab, place, 'ready', READY_S));
  } catch (error) {
    await abandon();
    throw error;
  }
  return {
    change: async () => void (await all((place) => touch(lab, place, 'change'))),
    end: async () => {
      await all((place) => touch(lab, place, 'settle'));
      await all((place) => appears(lab, place, 'settled', SETTLE_S));
      await stop();
      const results = await settleAll(places.map(resultOf));
      return results.map(({ stdout }) => readStreams(stdout));
    },
    abandon,
  };
}

function at(lab: Lab, node: string | undefined, argv: readonly string[], options?: ExecOptions) {
  return node === undefined ? lab.run(argv, options) : lab.exec(node, argv, options);
}

function touch(lab: Lab, { node, control }: Place, word: string): Promise<CommandResult> {
  return at(lab, node, ['touch', `${control}.${word}`]);
}

/** Waits for a file that the program makes; rejects with what it said if it ends before. */
async function appears(lab: Lab, place: Place, word: string, seconds: number): Promise<void> {
  const { node, control, process } = place;
  const isEnded = () => true;
  const ended = process.then(isEnded, isEnded);
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const { code } = await at(lab, node, ['test', '-e', `${control}.${word}`]);
    if (code === 0) return;
    const isOver = await Promise.race([ended, sleep(200, false)]);
    if (isOver) {
      await resultOf(place);
      throw failure(place, 'they ended before the measurement did');
    }
    if (Date.now() > deadline) throw failure(place, `no ${control}.${word} after ${seconds} s`);
  }
}

async function resultOf(place: Place): Promise<CommandResult> {
  const result = await place.process;
  if (result.code !== 0) throw failure(place, result.stderr.trim() || `status ${result.code}`);
  return result;
}

function failure({ node }: Place, evidence: string): BridgeheadError {
  return new BridgeheadError('E_LAB', `the streams of ${node ?? 'the laptop'} cannot be measured`, {
    ...(node === undefined ? {} : { node }),
    evidence,
  });
}
