import { commandLine } from '../../render/command-line.js';
import type { Io } from '../terminal/io.js';
import type { RemoveOptions } from './options.js';

interface Left {
  /** Other nodes that could not be reached. */
  readonly away: readonly string[];
  /** The inventory's file. */
  readonly file: string;
  readonly options: Pick<RemoveOptions, 'playbook' | 'stateDir' | 'offline' | 'skipUnreachable' | 'json'>;
}

function again(words: readonly string[], { file, options }: Left): string {
  const playbook = options.playbook === undefined ? [] : ['-p', options.playbook];
  const state = options.stateDir === undefined ? [] : ['--state-dir', options.stateDir];
  return `\`${commandLine(['bridgehead', ...words, '-i', file, ...playbook, ...state])}\``;
}

/** The last lines of an unfinished removal, with the commands to finish it; `others` is how many machines stay. */
export function unremovedText(
  name: string,
  left: Left & { readonly isAway: boolean; readonly others: number },
): string {
  const { away, isAway, others, options } = left;
  const offline = isAway || options.offline === true ? ['--offline'] : [];
  const lines = [
    `The inventory was not changed: ${name} is still in it. Fix the error above, then run remove again.`,
    ...(isAway
      ? [
          `If ${name} can't be reached any more: ${again(['remove', name, '--offline'], left)} only changes the others and the inventory.`,
        ]
      : []),
    ...(away.length > 0 && away.length < others && options.skipUnreachable !== true
      ? [`Without ${away.join(', ')}: ${again(['remove', name, ...offline, '--skip-unreachable'], left)}.`]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** Prints which machines may still have the peer of a removed node. */
export function printRest(name: string, left: Left & { readonly io: Pick<Io, 'stdout' | 'stderr'> }): void {
  const { away, options, io } = left;
  const several = away.length > 1;
  const only = away.flatMap((node) => ['--only', node]);
  const text = `${away.join(', ')} could not be reached and may still have the peer of ${name}: once ${several ? 'they are' : 'it is'} back, ${again(['apply', ...only], left)} removes it.\n`;
  (options.json === true ? io.stderr : io.stdout).write(text);
}
