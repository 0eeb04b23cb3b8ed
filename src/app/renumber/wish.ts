import { BridgeheadError, InputError, type Problem } from '../../core/errors.js';
import { show } from '../../document/index.js';
import { networksOfKind } from '../../layers/shared/network-kind.js';
import { findFreeRange } from '../../layers/wireguard/overlay/free-range.js';
import { familyOf, fourFirst } from '../../model/address.js';
import { parseRange } from '../../model/parse-address.js';
import type { OneOrMore, RawInventory, RawNetwork, RawTailnet } from '../../model/raw.js';
import { commandLine } from '../../render/command-line.js';
import { unknownWord } from '../locate.js';

/** A network, and for each family that changes its old and its new range. */
export interface Wish {
  readonly network: string;
  readonly raw: RawNetwork;
  readonly ranges: readonly { readonly from: string; readonly to: string }[];
}

/** The words of a command line, and what a finished one needs besides. */
export interface Typed {
  readonly words: readonly string[];
  /** `-i FILE`, if it was given. */
  readonly target: readonly string[];
}

/** What is asked for, `[NETWORK] RANGE...`. Throws E_USAGE or InputError with everything that is wrong with the words. */
export function readWish(raw: RawInventory, { words, target }: Typed): Wish {
  const networks = Object.fromEntries(networksOfKind<RawNetwork>(raw.networks, 'wireguard'));
  const names = Object.keys(networks);
  const [first = ''] = words;
  const isNamed = first !== '' && !/[./:]/.test(first);
  const network = isNamed ? first : names[0];
  const ranges = words.slice(isNamed ? 1 : 0).flatMap((word) => word.split(','));
  if (network === undefined)
    throw new BridgeheadError('E_USAGE', 'the inventory has no network', { fix: 'add one to networks' });
  if (!isNamed && names.length > 1) {
    throw new BridgeheadError('E_USAGE', `there are several networks: ${names.join(', ')}`, {
      fix: `name one: ${ranges.length === 0 ? finishedLine(raw, network, target) : finished(network, ranges, target)}`,
    });
  }
  const found = networks[network];
  if (found === undefined) throw unknownWord('network', network, names);
  if (ranges.length === 0) {
    throw new BridgeheadError('E_USAGE', `the new range of ${network} is missing`, {
      fix: finishedLine(raw, network, target),
    });
  }
  return { network, raw: found, ranges: pairs(network, found, ranges, finishedLine(raw, network, target)) };
}

function pairs(network: string, raw: RawNetwork, words: readonly string[], fix: string): Wish['ranges'] {
  const old = canonical(raw.range);
  const problems: Problem[] = [];
  const report = (message: string, fix: string) => problems.push({ file: 'RANGE', message, fix });
  const sound = words.flatMap((word) => {
    const parsed = parseRange(word);
    if (!parsed.ok) report(`${show(word)} ${parsed.message}`, parsed.fix);
    return parsed.ok ? [parsed.text] : [];
  });
  const found = fourFirst(sound).flatMap((to, i, all) => {
    const family = familyOf(to);
    const from = old.find((range) => familyOf(range) === family);
    if (i > 0 && familyOf(all[i - 1] ?? '') === family)
      report(`${to} is a second IPv${family} range`, 'give one per address family');
    else if (from === undefined)
      report(
        `network ${network} has no IPv${family} range that ${to} could replace`,
        `its range is ${old.join(', ')}; ${fix}`,
      );
    else return [{ from, to }];
    return [];
  });
  if (problems.length > 0) throw new InputError(problems);
  return found;
}

/** A free range for a network, as the command that gives it. */
function finishedLine(raw: RawInventory, network: string, target: readonly string[]): string {
  const taken = rangesIn(raw);
  const [, own] =
    networksOfKind<RawNetwork>(raw.networks, 'wireguard').find(([name]) => name === network) ?? [];
  const ranges = canonical(own?.range).flatMap((range) => findFreeRange(taken, familyOf(range)) ?? []);
  return finished(network, ranges, target);
}

export const finished = (network: string, ranges: readonly string[], target: readonly string[]): string =>
  commandLine(['bridgehead', 'renumber', network, ...ranges, ...target]);

/** What the inventory speaks of, as far as it can be read. */
export function rangesIn({ sites = {}, nodes = {}, networks = {} }: RawInventory): string[] {
  return [
    ...Object.values(sites).map(({ subnet }) => subnet),
    ...networksOfKind<RawNetwork>(networks, 'wireguard').flatMap(([, { range, advertise = {} }]) => [
      range,
      ...Object.values(advertise).map(({ subnets }) => subnets),
    ]),
    ...networksOfKind<RawTailnet>(networks, 'tailscale').flatMap(([, { advertise = {} }]) =>
      Object.values(advertise),
    ),
    ...Object.values(nodes).flatMap(({ public: own, lan }) => [own, lan]),
  ].flatMap(canonical);
}

function canonical(written: OneOrMore | undefined): string[] {
  return [written].flat().flatMap((text) => {
    const parsed = typeof text === 'string' ? parseRange(text) : undefined;
    return parsed?.ok === true ? [parsed.text] : [];
  });
}
