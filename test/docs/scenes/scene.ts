import type { Lab } from '../../../src/lab/index.js';
import { ACTS, type Act, isCommand } from '../commands.js';
import { isRun } from '../not-run.js';

/** Keys, as tmux names them, and the question that they answer. */
export type Answer = readonly [question: RegExp, ...keys: readonly string[]];

/** A page, or one heading of it, and the world in which its commands run: in order, in one shell. */
export interface Scene {
  /** `PAGE`, or `PAGE#HEADING` with the heading as it is written. */
  readonly of: string;
  /** Files that the page takes for granted, by path below the scene's folder; `~/` is the home. */
  readonly files?: Readonly<Record<string, string>>;
  /** Shell that is run before the first command. */
  readonly setup?: string;
  /** The commands are alternatives: each finds the world as the first did. */
  readonly isApart?: boolean;
  /** Programs of others that the commands call and that are not here: what each does instead, in sh. */
  readonly programs?: Readonly<Record<string, string>>;
}

/** A scene on the machines of a lab. */
export interface LabScene extends Scene {
  /** On the computer that has the lab, instead of on the lab's laptop. */
  readonly isOnHost?: boolean;
  /** Answers to questions other than `(y/N)`, which is always answered with yes, by command. */
  readonly answers?: Readonly<Record<string, readonly Answer[]>>;
  /** What happens in the world before a command, by the command or `COMMAND @ N` for its N-th time. */
  readonly before?: Readonly<Record<string, (world: Happening) => Promise<unknown>>>;
  /** What must be so after a command. */
  readonly after?: Readonly<Record<string, (world: Happening) => Promise<unknown>>>;
}

export interface Happening {
  readonly lab: Lab;
  /** Where the reader's shell is. */
  readonly folder: string;
  /** What the command has shown. */
  readonly shown: string;
  /** Types into the reader's shell. */
  readonly shell: (text: string) => Promise<{ readonly exit: number; readonly shown: string }>;
}

const names = ({ of }: Scene): readonly [page: string, heading: string | undefined] => {
  const [page = '', heading] = of.split('#');
  return [page, heading];
};

/** How exactly a scene means an act; 0: not at all. */
function meant(scene: Scene, act: Act): number {
  const [page, heading] = names(scene);
  if (page !== act.page) return 0;
  if (heading === undefined) return 1;
  return heading === act.heading ? 2 : 0;
}

/** The scenes that mean an act most exactly; more than one is a mistake. */
export function scenesOf(scenes: readonly Scene[], act: Act): Scene[] {
  const best = Math.max(0, ...scenes.map((scene) => meant(scene, act)));
  return best === 0 ? [] : scenes.filter((scene) => meant(scene, act) === best);
}

/** What is done in a scene, in the page's order, but for what can't be run. */
export function actsIn(scene: Scene, all: readonly Scene[]): Act[] {
  return ACTS.filter((act) => scenesOf(all, act).includes(scene) && (!isCommand(act) || isRun(act)));
}
