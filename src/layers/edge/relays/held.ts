import { holderText, type Listening } from '../../../facts/listening/listening.js';
import { inParts, type Question } from '../../../remote/question.js';
import type { App } from '../inventory/types.js';
import { relaysFact } from './seen.js';
import { APPS_TABLE } from './table.js';

/** Who has the ports of apps on their node. */
export interface Held {
  readonly sockets: readonly Listening[];
  /** Names of the apps whose packets are rewritten. */
  readonly rewritten: ReadonlySet<string>;
}

export function heldFact(apps: readonly App[]): Question<Held> {
  const { script, parse } = inParts({
    relays: relaysFact(apps.map(({ port }) => port)),
    rules: {
      script: `nft list table inet ${APPS_TABLE} 2>/dev/null || true`,
      parse: ({ stdout }) =>
        new Set([...stdout.matchAll(/ dnat .* comment "(.*)"$/gm)].map(([, app = '']) => app)),
    },
  });
  return {
    script,
    parse: (reply) => {
      const { relays, rules } = parse(reply);
      return { sockets: relays.sockets, rewritten: rules };
    },
  };
}

/** `nftables`, `bridgehead-app-vault.socket`, `immich (pid 321) of immich.service`, `nobody`. */
export function holderWords({ name, kind, port }: App, { sockets, rewritten }: Held): string {
  const protocol = kind === 'udp' ? 'udp' : 'tcp';
  const holders = sockets.filter((one) => one.protocol === protocol && one.port === port).map(holderText);
  const all = [...new Set([...(rewritten.has(name) ? ['nftables'] : []), ...holders])];
  return all.length === 0 ? 'nobody' : all.join(', ');
}
