import type { Answer } from '../answers.js';
import type { Dns } from '../inventory/types.js';
import type { ServedView } from '../views.js';

export interface ResolverFile {
  readonly path: string;
  readonly content: string;
}

/** A program that answers. */
export interface Resolver {
  readonly kind: Dns['resolver'];
  /** Debian's package of it. */
  readonly package: string;
  readonly program: string;
  /** All files that a view may have. */
  paths(view: string): readonly string[];
  /** Those that it is to have. The configuration names the others. */
  files(wanted: WantedView): { readonly config: ResolverFile; readonly others: readonly ResolverFile[] };
  /** Command that fails, and says why, if the program can't start with the configuration in `$temp`. */
  readonly test: string;
  /** Lines of the unit's section `Service`: how it starts, and how systemd knows that it answers. */
  readonly service: string;
}

/** One view as it is to be answered. */
export interface WantedView {
  readonly inventory: string;
  readonly dns: Dns;
  readonly view: ServedView;
  readonly answers: readonly Answer[];
  /** CIDRs of the view's LAN or network, which may ask besides private ones. */
  readonly sources: readonly string[];
}

/** Seconds for which whoever asked may keep an answer. */
export const TTL = 60;

/** A name below a zone that has a TXT record, by which it shows who answers for that zone. */
export const markOf = (zone: string): string => `_bridgehead.${zone}`;

/** What that record says. */
export const markText = (inventory: string, view: string): string => `${inventory} ${view}`;
