import type { Told } from './controller.js';
import type { Lane, World } from './world.js';

/** Where in a run something happens: at the nth event of a type, in a phase or on a node where that is said. */
export interface Moment {
  readonly type: string;
  readonly phase?: string;
  readonly node?: string;
  readonly nth?: number;
  /** `pause` holds the controller still while the fault is made; a signal is sent by the controller to itself. */
  readonly action: 'pause' | 'SIGKILL' | 'SIGINT' | 'SIGTERM';
}

export interface Scene {
  readonly world: World;
  readonly lane: Lane;
  readonly root: string;
  readonly guardSeconds: number;
}

/** What is applied, and from where: machines as they were at first, or with the mesh in place. */
export type Play =
  | 'mesh'
  | 'package'
  | 'flood'
  | 'flood-errors'
  | 'slow'
  | 'rules'
  | 'nft'
  | 'ufw'
  | 'default-route'
  | 'sshd'
  | 'sshd-config'
  | 'link';

export interface Case {
  readonly name: string;
  /** Kind of fault; a sample takes one of each kind before it takes a second. */
  readonly fault: string;
  readonly play: Play;
  readonly at?: Moment;
  readonly args?: readonly string[];
  /** Before the run. */
  readonly prepare?: (scene: Scene) => Promise<void>;
  /** At the moment, while the controller pauses. */
  readonly inject?: (scene: Scene) => Promise<void>;
  /** At the moment as well: looks on, and answers what is broken. */
  readonly witness?: (scene: Scene) => Promise<readonly string[]>;
  /** Takes the fault away. */
  readonly heal?: (scene: Scene) => Promise<void>;
  /** Seconds from the injection to the healing; without it the fault stays until the run is over. */
  readonly healAfter?: number;
  /** Exit codes in which the run may end; 137 is kill -9. */
  readonly exits: readonly number[];
  /** Looks at what was told, beyond what every case is asked. */
  readonly judge?: (told: Told) => readonly string[];
  /** Somebody else writes into what the run writes: until the rerun the machines may hold neither. */
  readonly foreign?: true;
}
