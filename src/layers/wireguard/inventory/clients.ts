import { show, suggest } from '../../../document/index.js';
import { hostRoute, parseAddress, parseRange } from '../../../model/address.js';
import type { Client, Reach } from '../../../model/inventory.js';
import type { OneOrMore, RawNetwork } from '../../../model/raw.js';
import type { Resolution } from '../../resolution.js';

/** The clients of a network, with canonical addresses and defaults filled in. */
export function resolveClients(work: Resolution, network: string, raw: RawNetwork): Client[] {
  return Object.entries(raw.clients ?? {}).map(([name, written]) => {
    const path = ['networks', network, 'clients', name];
    const { publicKey } = written;
    return {
      name,
      addresses: work.parseAll([...path, 'address'], written.address, parseAddress),
      ...(publicKey !== undefined && { publicKey }),
      tunnel: written.tunnel ?? 'split',
      dns: work.parseAll([...path, 'dns'], written.dns, parseAddress),
      reach: resolveReach(work, [...path, 'reach'], written.reach),
    };
  });
}

const WORDS = ['overlay', 'lan', 'internet'] as const;

function resolveReach(
  work: Resolution,
  path: readonly string[],
  written: OneOrMore | undefined,
): Client['reach'] {
  if (written === undefined || written === 'all') return 'all';
  if (typeof written === 'string') return one(work, path, written);
  if (written.includes('all')) {
    if (written.length > 1) {
      const fix = 'write "reach: all", or remove "all" from the list';
      work.report([...path, written.indexOf('all')], '"all" already includes everything', fix);
    }
    return 'all';
  }
  return written.flatMap((text, i) => (text === null ? [] : one(work, [...path, i], text)));
}

function one(work: Resolution, path: readonly (string | number)[], text: string): Reach[] {
  const word = WORDS.find((known) => known === text);
  if (word) return [{ kind: word }];
  if (/[/.]|:.*:/.test(text)) {
    const bare = text.includes('/') ? undefined : work.parse(path, text, parseAddress);
    const range = text.includes('/') ? work.parse(path, text, parseRange) : bare && hostRoute(bare);
    return range === undefined ? [] : [{ kind: 'range', range }];
  }
  const nodes = Object.keys(work.raw.nodes ?? {});
  const [, node = '', port] = /^(.+):(\d+)$/.exec(text) ?? [];
  if (nodes.includes(node)) {
    work.report(
      path,
      `names port ${port} of ${node}, but a client reaches all ports of a node or none`,
      `write ${node}`,
    );
    return [];
  }
  if (nodes.includes(text)) return [{ kind: 'node', node: text }];
  const message = `must be all, overlay, lan, internet, a node or a range; got ${show(text)}`;
  work.report(path, message, suggest(text, ['all', ...WORDS, ...nodes]));
  return [];
}
