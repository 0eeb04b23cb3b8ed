import { bareAddress } from '../../model/address.js';
import type { Question } from '../../remote/question.js';
import { all, type Lines, printable } from '../../remote/reply-lines.js';
import listening from './listening.sh';

/** A socket that somebody listens on. */
export interface Listening {
  readonly protocol: 'tcp' | 'udp';
  /** Bare; `*`, `0.0.0.0` and `::` stand for all. Undefined on a machine without ss, as is who listens. */
  readonly address?: string;
  readonly port: number;
  readonly pid?: string;
  readonly program?: string;
  /** A socket unit if systemd itself listens, too. */
  readonly unit?: string;
}

/** sh that prints what {@link listeningIn} reads. */
export const READ_LISTENING = `(\n${listening})\n`;

const protocolOf = (word: string | undefined): 'tcp' | 'udp' => (word === 'udp' ? 'udp' : 'tcp');

function heldIn([protocol, local = '', pid, unit, ...name]: readonly string[]): Listening[] {
  const [, address, port] = /^\[?([^\]]*)\]?:(\d+)$/.exec(local) ?? [];
  if (address === undefined) return [];
  const program = printable(name.join(' '));
  return [
    {
      protocol: protocolOf(protocol),
      address: bareAddress(address.replace(/%.*$/, '')),
      port: Number(port),
      ...(pid !== undefined && pid !== '-' && { pid }),
      ...(program !== '' && program !== '-' && { program }),
      ...(unit !== undefined && unit !== '-' && { unit }),
    },
  ];
}

export function listeningIn(lines: Lines): readonly Listening[] {
  const open = all(lines, 'open').map(
    ([protocol, port = '']): Listening => ({
      protocol: protocolOf(protocol),
      port: Number.parseInt(port, 16),
    }),
  );
  return [...all(lines, 'listening').flatMap(heldIn), ...open];
}

/** Asks a machine for all that it listens on, and who does. */
export const LISTENING: Question<readonly Listening[]> = {
  script: READ_LISTENING,
  parse: ({ stdout }) => listeningIn(stdout.split('\n').map((line) => line.split(' '))),
};

const EVERYWHERE = ['*', '0.0.0.0', '::'];

/** Whether what is sent to one of these addresses arrives there. */
export const listensAt = ({ address }: Listening, addresses: readonly string[]): boolean =>
  address !== undefined && (EVERYWHERE.includes(address) || addresses.includes(address));

/** `nginx (pid 321) of nginx.service`, or only the unit if systemd listens. */
export function holderText({ program, pid, unit }: Listening): string {
  if (unit?.endsWith('.socket')) return unit;
  const who = program === undefined ? 'an unknown process' : `${program} (pid ${pid})`;
  return unit === undefined ? who : `${who} of ${unit}`;
}
