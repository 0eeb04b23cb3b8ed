import { show, suggest } from '../../../document/index.js';
import type { Client, Reach } from '../../../model/inventory.js';
import { parseAddress } from '../../../model/parse-address.js';
import type { OneOrMore, RawNetwork } from '../../../model/raw.js';
import { parseReach, REACH_WORDS } from '../../../model/reach.js';
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
  const parsed = parseReach(text);
  if (!parsed.ok) {
    work.report(path, `${show(text)} ${parsed.message}`, parsed.fix);
    return [];
  }
  const { reach } = parsed;
  const nodes = Object.keys(work.raw.nodes ?? {});
  if (reach.kind !== 'node' || nodes.includes(reach.node)) return [reach];
  if (reach.service === undefined) {
    const message = `must be all, overlay, lan, internet, a node or a range; got ${show(text)}`;
    work.report(path, message, suggest(text, ['all', ...REACH_WORDS, ...nodes]));
  } else {
    const message = `must name a node or a range before the port; got ${show(text)}`;
    work.report(path, message, suggest(reach.node, nodes));
  }
  return [];
}
