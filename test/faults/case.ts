import type { RunReport } from './controller.js';
import type { Wanted } from './lanes/wanted.js';
import type { GroupLane, Lane, World } from './world.js';

/** Where in a run something happens: at the nth event of a type, in a phase or on a node where that is said. */
export interface Moment {
  readonly type: string;
  readonly phase?: string;
  readonly node?: string;
  readonly nth?: number;
  /** `pause` holds the controller still while the fault is made; a signal is sent by the controller to itself. */
  readonly action: 'pause' | 'SIGKILL' | 'SIGINT' | 'SIGTERM';
  /** Waited for once this one is over. */
  readonly next?: Moment;
}

export interface Scene {
  readonly world: World;
  readonly lane: Lane;
  /** The checkout that is tried. */
  readonly root: string;
  /** The one by which machines are prepared. */
  readonly sane: string;
  readonly guardSeconds: number;
}

export type GroupScene = Scene & { readonly lane: GroupLane };

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
  | 'link'
  | 'no-forwarding'
  | 'boot/good'
  | 'boot/loopback'
  | 'boot/keyword'
  | 'boot/socket'
  | 'boot/links'
  | 'boot/groups'
  /** Whatever the tool takes by itself for the inventory. */
  | 'shipped';

/** A change that a network goes through in its life, from what the machines of a group have to what they are given. */
export interface Life {
  readonly name: string;
  /** Over the group's first inventory. */
  readonly before?: (lane: GroupLane) => Partial<Wanted>;
  /** Over the one before. */
  readonly after: (lane: GroupLane) => Partial<Wanted>;
  /** Readies the machines before they are given anything. */
  readonly prepare?: (scene: GroupScene) => Promise<void>;
  /** Must be turned away or undone: the machines end as they were, or with what the phases before `tunnel` gave them. */
  readonly refused?: true | 'tunnel';
  /** Tunnels between a machine that is old and one that is new are up, so that one can be reverted alone. */
  readonly mayDiffer?: true;
  /** It is no longer the same network, so that nobody need know its keys. */
  readonly newKeys?: true;
  /** The network before goes on beside the new one. */
  readonly beside?: true;
  /** Looks at machines that have what is wanted, and answers what the tool should not have left. */
  readonly look?: (scene: GroupScene, before: Wanted) => Promise<readonly string[]>;
  /** Ends what only the network before needed. */
  readonly farewell?: (scene: GroupScene) => Promise<void>;
  /** Takes the farewell back. */
  readonly welcome?: (scene: GroupScene) => Promise<void>;
}

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
  /** Checks the report, in addition to what is checked in every case. */
  readonly judge?: (report: RunReport) => readonly string[];
  /** Where there is one, the case is tried on a group, which has the network before. */
  readonly life?: Life;
  /** The tunnels don't change: all machines of the group end as they were before that phase, whatever could be made on some. */
  readonly reverts?: true;
  /** All machines are rebooted at the end, and looked at again. */
  readonly boots?: true;
  /** The machines are rebooted once the run is over; answers what is broken then, beyond a login that doesn't work. */
  readonly afterBoot?: (scene: Scene) => Promise<readonly string[]>;
  /** Somebody else writes into what the run writes: until the rerun the machines may hold neither. */
  readonly foreign?: true;
}
