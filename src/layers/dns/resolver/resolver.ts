import type { Answer } from '../answers.js';
import type { Dns } from '../inventory/types.js';
import type { ServedView } from '../views.js';

/** A program that answers. */
export interface Resolver {
  readonly kind: Dns['resolver'];
  /** Debian's package of it. */
  readonly package: string;
  readonly program: string;
  /** Path of a view's configuration; `%i` stands for it in the unit. */
  configPath(view: string): string;
  configText(wanted: WantedView): string;
  /** Lines of the unit's section `Service`: how it starts, and how systemd knows that it answers. */
  readonly service: string;
}

/** One view as it is to be answered. */
export interface WantedView {
  readonly inventory: string;
  readonly dns: Dns;
  readonly view: ServedView;
  readonly answers: readonly Answer[];
}

/** Seconds for which whoever asked may keep an answer. */
export const TTL = 60;

/** A name below a zone that has a TXT record, by which it shows who answers for that zone. */
export const markOf = (zone: string): string => `_bridgehead.${zone}`;

/** What that record says. */
export const markText = (inventory: string, view: string): string => `${inventory} ${view}`;
