import type { Question } from '../../remote/question.js';
import { all, END_LINE, fromLines, type Lines, only } from '../../remote/reply-lines.js';
import identity from './identity.sh';

/** What distinguishes one machine from another. */
export interface Identity {
  /** Undefined if it is made again at each boot. */
  readonly machine: string | undefined;
  /** `ssh-ed25519 AAAA…`. */
  readonly hostKeys: readonly string[];
  /** The boot, and the tick in it at which init was started; undefined if they can't be read. */
  readonly running: string | undefined;
}

export const READ_IDENTITY = identity;

export function parseIdentity(lines: Lines): Identity {
  const [machine = ''] = only(lines, 'machine');
  const running = only(lines, 'running').join(' ');
  return {
    machine: /^[0-9a-f]{32}$/.test(machine) ? machine : undefined,
    hostKeys: all(lines, 'host').map((words) => words.join(' ')),
    running: /^[0-9a-f-]{36} \d+$/.test(running) ? running : undefined,
  };
}

export const identityFact: Question<Identity> = {
  script: `${READ_IDENTITY}echo ${END_LINE}\n`,
  parse: fromLines(parseIdentity),
};

/**
 * Whether two answers come from the same machine. An init started in the same tick of the same boot is the same process,
 * unless two machines have the same values by chance.
 */
export const isOneMachine = (one: Identity, other: Identity): boolean =>
  one.running !== undefined &&
  one.running === other.running &&
  one.machine === other.machine &&
  one.hostKeys.length > 0 &&
  one.hostKeys.every((key) => other.hostKeys.includes(key));
