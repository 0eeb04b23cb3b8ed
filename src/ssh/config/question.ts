import { isIPv4 } from 'node:net';
import type { SshConfig } from './ssh-config.js';

export interface ConfigQuestion {
  readonly host: string;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
}

/** A question that somebody waits for. */
export interface Asked extends ConfigQuestion {
  readonly node: string;
  readonly resolve: (config: SshConfig) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One question for all with the same user and port, for where `ssh` is told the same of all hosts: its answer is given
 * to the others, too. Those that it does not fit are put into `left`.
 */
export function shareAnswers(all: readonly Asked[], left: Asked[]): Asked[] {
  const groups = new Map<string, Asked[]>();
  for (const asked of all) {
    const { host, port, user } = asked;
    const key = JSON.stringify([user, port, isKeptAsWritten(host) ? null : host]);
    groups.set(key, [...(groups.get(key) ?? []), asked]);
  }
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ ...first, ...passingOn(first, others, left) }],
  );
}

function passingOn(first: Asked, others: readonly Asked[], left: Asked[]): Pick<Asked, 'resolve' | 'reject'> {
  return {
    resolve: (config) => {
      first.resolve(config);
      if (config.hostname !== first.host) left.push(...others);
      else for (const { host, resolve } of others) resolve({ ...config, hostname: host });
    },
    reject: (error) => {
      first.reject(error);
      left.push(...others);
    },
  };
}

/**
 * Other hosts may come back changed: `ssh` folds case and writes 127.1 and ::0:1 out as the addresses that they are, and
 * FreeBSD's looks up names without a dot.
 */
function isKeptAsWritten(host: string): boolean {
  return isIPv4(host) || /^[a-z0-9_][a-z0-9_.-]*\.[a-z][a-z0-9_-]*$/.test(host);
}
