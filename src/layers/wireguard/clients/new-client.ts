import { InputError, type Problem } from '../../../core/errors.js';
import { show } from '../../../document/index.js';
import { isName } from '../../../document/schema/shape.js';
import { familyOf, fourFirst, inRange } from '../../../model/address.js';
import type { Inventory, Network } from '../../../model/inventory.js';
import { parseAddress } from '../../../model/parse-address.js';
import { freeAddresses, takenAddresses } from './free-address.js';

/** A client as it is asked for. */
export interface Wish {
  readonly name: string;
  /** None: the lowest free ones. */
  readonly addresses: readonly string[];
  readonly tunnel?: 'split' | 'full' | undefined;
  readonly dns: readonly string[];
  /** None: all. */
  readonly reach: readonly string[];
  readonly hub?: string | undefined;
}

const NAME = new RegExp(isName.pattern);

/**
 * The overlay addresses of a new client. Throws InputError with all problems of its name and addresses, before anything is
 * written; its other settings are checked with the complete inventory.
 */
export function addressesFor(inventory: Inventory, network: Network, wish: Wish): readonly string[] {
  const problems: Problem[] = nameProblems(inventory, wish.name);
  const addresses = wish.addresses.length > 0 ? wished(network, wish, problems) : free(network, problems);
  if (problems.length > 0) throw new InputError(problems);
  return addresses;
}

function nameProblems({ nodes, networks }: Inventory, name: string): Problem[] {
  const problem = (message: string, fix: string): Problem[] => [{ file: 'NAME', message, fix }];
  if (!NAME.test(name)) return problem(`${show(name)} is not a valid name`, isName['x-message']);
  if (nodes.some((node) => node.name === name)) {
    return problem(`${name} is already a node`, `choose another name, such as ${name}-2`);
  }
  const owner = networks.find(({ clients }) => clients.some((client) => client.name === name));
  if (!owner) return [];
  const known = owner.clients.find((client) => client.name === name)?.publicKey !== undefined;
  const keys = known ? 'gives it new keys' : 'makes its keys';
  return problem(
    `${name} is already a client of network ${owner.name}`,
    `bridgehead client rekey ${name} ${keys}; or choose another name`,
  );
}

function free(network: Network, problems: Problem[]): string[] {
  const found = freeAddresses(network);
  return network.ranges.flatMap((range, i) => {
    const address = found[i];
    if (address !== undefined) return [address];
    const fix = 'revoke a client that is no longer used, or widen the range';
    problems.push({ file: '--address', message: `${range} has no free address`, fix });
    return [];
  });
}

function wished(network: Network, { name, addresses }: Wish, problems: Problem[]): string[] {
  const report = (message: string, fix: string) => problems.push({ file: '--address', message, fix });
  const taken = takenAddresses(network);
  const sound = addresses.flatMap((written) => {
    const parsed = parseAddress(written);
    if (!parsed.ok) {
      report(`${show(written)} ${parsed.message}`, parsed.fix);
      return [];
    }
    const address = parsed.text;
    const owner = taken.get(address);
    if (owner !== undefined) report(`${address} is the address of ${owner}`, 'omit it to get a free one');
    else if (!network.ranges.some((range) => inRange(address, range)))
      report(`${address} is outside network ${network.name}`, `choose from ${network.ranges.join(', ')}`);
    return [address];
  });
  if (new Set(sound.map(familyOf)).size < sound.length)
    report(`${name} has several addresses of one family`, 'give at most one per family');
  return fourFirst(sound);
}
