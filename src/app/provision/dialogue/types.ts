import type { Inventory } from '../../../model/inventory.js';
import type { ForwardMode } from '../infer/forwards.js';
import type { Survey } from '../survey/survey.js';

/** Every question's key, which is also its option and its key in an answers file, and the type of its answer. */
export interface AnswerValues {
  readonly existing: 'keep' | 'add' | 'anew';
  readonly network: string;
  readonly machines: readonly string[];
  /** Fingerprints, `SHA256:…`, that the user has compared; `accept-new` accepts any. */
  readonly hostKeys: readonly string[];
  readonly leaveOut: readonly string[];
  readonly found: 'right' | 'names' | 'sites' | 'public';
  readonly names: Readonly<Record<string, string>>;
  readonly sites: Readonly<Record<string, string>>;
  readonly public: Readonly<Record<string, string>>;
  readonly name: string;
  readonly clients: readonly string[];
  readonly shape: 'mesh' | 'hub';
  readonly hub: string;
  /** A node, or `none`. */
  readonly gateway: string;
  readonly interface: string;
  readonly range: readonly string[];
  readonly port: number;
  readonly forwards: ForwardMode;
  readonly relay: string;
  readonly forwarded: 'measure' | 'later';
  readonly rehearse: boolean;
  readonly apply: boolean;
}

export type Key = keyof AnswerValues;
export type Answers = { readonly [K in Key]?: AnswerValues[K] | undefined };

/** Work between questions. */
export type Work = 'survey' | 'write' | 'measure' | 'rehearse' | 'plan' | 'apply' | 'phones';

/** What was found out; none of it is kept from one start to the next. */
export interface Seen {
  /** Hosts of ~/.ssh/config. */
  readonly hosts: readonly string[];
  /** Name of the folder that the files go into. */
  readonly folder: string;
  /** Why a rehearsal can't run here; undefined if it can. */
  readonly rehearsalObstacle?: string | undefined;
  /** The user's own inventory, if there is one. */
  readonly existing?: Inventory;
  readonly survey?: Survey | undefined;
}

/** Everything that decides what comes next. */
export interface World {
  readonly answers: Answers;
  readonly seen: Seen;
  /** Finished work, with the fingerprint of its input. */
  readonly done: Readonly<Partial<Record<Work, string>>>;
}

export type Kind = 'text' | 'list' | 'choice' | 'yes' | 'pairs' | 'port' | 'keys';

export interface Choice {
  readonly value: string;
  readonly name: string;
}

/** One question as data. Everything about it depends only on the world. */
export interface Question<K extends Key = Key> {
  readonly key: K;
  readonly kind: Kind;
  /** One line, for the option's help and the schema. */
  readonly help: string;
  /** Words of a `choice` that don't depend on what was detected. */
  readonly words?: readonly string[];
  /** Whether it has to be asked; false if it was answered already. */
  isOpen(world: World): boolean;
  text(world: World): string;
  /** What was detected; undefined if nothing can be. */
  suggest(world: World): AnswerValues[K] | undefined;
  /** The answer without a terminal, if it isn't the suggestion. */
  readonly unattended?: AnswerValues[K];
  choices?(world: World): readonly Choice[];
  /** What is wrong with an answer, and what would be right. */
  check?(answer: AnswerValues[K], world: World): string | undefined;
}
