import { isIPv4 } from 'node:net';
import type { SshConfig } from './ssh-config.js';

export interface ConfigQuestion {
  readonly host: string;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
}

/** A pending question. */
export interface Asked extends ConfigQuestion {
  readonly node: string;
  readonly resolve: (config: SshConfig) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Asks once for all hosts with the same user and port, if no ssh_config file treats hosts differently, and reuses the answer
 * for the others. Those that it doesn't fit are put into `left`.
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
 * `ssh` may change a host: it folds case, writes 127.1 and ::0:1 out in full, and on FreeBSD looks up names without a dot.
 */
function isKeptAsWritten(host: string): boolean {
  return isIPv4(host) || /^[a-z0-9_][a-z0-9_.-]*\.[a-z][a-z0-9_-]*$/.test(host);
}
