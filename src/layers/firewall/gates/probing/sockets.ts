import { parseRules, READ_ALL_RULES } from '../../../../facts/firewall/read.js';
import { translatedPorts } from '../../../../facts/firewall/translation.js';
import { listeningIn, READ_LISTENING } from '../../../../facts/listening/listening.js';
import { parseSshPorts, READ_SSH_PORTS } from '../../../../facts/ssh-ports.js';
import type { Question } from '../../../../remote/question.js';
import { END_LINE, fromLines, type Lines } from '../../../../remote/reply-lines.js';
import { lines } from '../../../../remote/script.js';
import { portWord } from '../../validation.js';

export interface Port {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
}

/** A port that something has on a node. */
export interface HeldPort extends Port {
  /** `nginx (nginx.service)`; undefined if it isn't known, or if it is a rule that translates it. */
  readonly holder?: string;
  /** Whether sshd takes logins there; a port that a session forwards is none. */
  readonly isSshd: boolean;
}

export interface Held {
  readonly ports: readonly HeldPort[];
  /** Whether those that rules translate are among them. */
  readonly translated: boolean;
}

/** Asks for all ports that a node listens on or translates. */
export const HELD_PORTS: Question<Held> = {
  script: lines(READ_LISTENING, READ_SSH_PORTS, READ_ALL_RULES, `echo ${END_LINE}`, ''),
  parse: fromLines(parse),
};

function parse(reply: Lines): Held {
  const listening = listeningIn(reply).map(({ protocol, port, program, unit }): Omit<HeldPort, 'isSshd'> => {
    if (program === undefined) return { protocol, port };
    return { protocol, port, holder: unit === undefined ? program : `${program} (${unit})` };
  });
  const logins = parseSshPorts(reply);
  const atLogins = logins.map((port): Port => ({ protocol: 'tcp', port }));
  const rules = parseRules(reply);
  const ports = distinct([...listening, ...atLogins, ...translatedPorts(rules ?? [])]).map((one) => ({
    ...one,
    isSshd: one.protocol === 'tcp' && logins.includes(one.port),
  }));
  return { ports, translated: rules !== undefined };
}

export function distinct<P extends Port>(ports: readonly P[]): readonly P[] {
  return [...new Map(ports.map((one) => [portWord(one), one] as const).reverse()).values()].reverse();
}
