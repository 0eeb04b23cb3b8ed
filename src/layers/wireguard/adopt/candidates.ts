import { bareAddress } from '../../../model/address.js';
import { memberOf } from '../../../model/atlas.js';
import type { Network } from '../../../model/inventory.js';
import type { Question } from '../../../remote/question.js';
import { quote } from '../../../remote/quote.js';
import { RECORDS } from '../../shared/records.js';
import candidates from './candidates.sh';

/** A WireGuard interface of a machine, of any origin. */
export interface Candidate {
  readonly interface: string;
  /** Bare. */
  readonly addresses: readonly string[];
  /** Whether an inventory has it already. */
  readonly recorded: boolean;
}

/** The machine's WireGuard interfaces, running or configured for wg-quick. */
export const CANDIDATES: Question<readonly Candidate[]> = {
  script: `records=${quote(RECORDS)}\n${candidates}`,
  parse: ({ stdout }) => {
    const lines = stdout.split('\n').map((line) => line.trim().split(/ +/));
    const recorded = new Set(lines.flatMap(([word, name = '']) => (word === '@recorded' ? [name] : [])));
    const found = new Map<string, Set<string>>();
    for (const [word, name = '', ...addresses] of lines) {
      if (word !== '@candidate') continue;
      const known = found.get(name) ?? new Set();
      for (const address of addresses) known.add(bareAddress(address));
      found.set(name, known);
    }
    return [...found].map(([name, addresses]) => ({
      interface: name,
      addresses: [...addresses],
      recorded: recorded.has(name),
    }));
  },
};

/**
 * Which interface of a member is the network's: the one of its name, else one that has the member's address and that
 * no inventory has yet. Undefined: the network is new there.
 */
export function interfaceFor(
  network: Network,
  node: string,
  found: readonly Candidate[],
): string | undefined {
  if (found.some((one) => one.interface === network.interface)) return network.interface;
  const { addresses } = memberOf(network, node);
  return found.find((one) => !one.recorded && one.addresses.some((address) => addresses.includes(address)))
    ?.interface;
}
