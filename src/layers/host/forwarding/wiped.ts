import { quote } from '../../../remote/quote.js';
import { all, type Lines } from '../../../remote/reply-lines.js';
import { WIPERS } from './followed.js';
import wiped from './wiped.sh';

const UNITS = Object.keys(WIPERS).map((unit) => unit.replace(/\.service$/, ''));
/** sh function that finds out what removed a table; only called if one is missing. */
export const WIPED_FUNCTION = `wipers=${quote(UNITS.join(' '))}\n${wiped}`;

export interface Wiped {
  /** When our rules were last loaded, in seconds, by the network's number. */
  readonly loadedAt: ReadonlyMap<number, number>;
  /** When a unit was started, stopped or reloaded last. */
  readonly changed: readonly { readonly unit: string; readonly at: number }[];
}

const seconds = (text: string | undefined): number => Number(text ?? Number.NaN);

export function parseWiped(lines: Lines): Wiped {
  return {
    loadedAt: new Map(all(lines, 'loaded-at').map(([number, at]) => [seconds(number), seconds(at)])),
    changed: all(lines, 'changed')
      .map(([unit = '', at]) => ({ unit, at: seconds(at) }))
      .filter(({ at }) => Number.isFinite(at)),
  };
}

const clock = (at: number): string =>
  `${new Date(at * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/**
 * What may have removed the table of the network with that number: `; nftables.service was started or reloaded at …, after
 * it was loaded`.
 */
export function wipedBy({ loadedAt, changed }: Wiped, number: number): string {
  const loaded = loadedAt.get(number);
  if (loaded === undefined) return '; it has not been loaded since the last boot';
  const later = changed
    // A unit that we follow has loaded it itself, a moment before its own state changed.
    .filter(({ at }) => at > loaded + 1)
    .map(({ unit, at }) => `${unit}.service was started, stopped or reloaded at ${clock(at)}`);
  const when = `it was loaded at ${clock(loaded)}`;
  if (later.length > 0) return `; ${when}, and ${later.join(', and ')}`;
  return `; ${when}, and no unit that could wipe it has changed since: someone ran \`nft flush ruleset\`, \`nft -f\` or the like by hand`;
}
