import { ACTS, type Act, isCommand } from '../commands.js';
import { isRun } from '../not-run.js';

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
