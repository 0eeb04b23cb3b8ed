import type { GroupScene, Life } from '../case.js';
import { GROUP_PORTS } from '../lanes/group.js';
import {
  bringFirstSiteAddressBack,
  preferSecondPublic,
  takeFirstPublicAway,
  takeFirstSiteAddressAway,
} from '../lanes/second-addresses.js';
import type { Wanted } from '../lanes/wanted.js';
import type { GroupLane } from '../world.js';
import { forwardsNothing, isGone } from './network.js';

const SECOND_INTERFACE = 'wghome';
const overlay = (lane: GroupLane) => ({ dialled: lane.address(lane.first, 'home') });
const secondRange = (lane: GroupLane): Pick<Wanted, 'range'> => ({ range: `172.28.${100 + lane.index}` });
const firstIsGone = async (scene: GroupScene, { interface: name }: Wanted) => {
  const each = scene.lane.nodes.map((node) => isGone(scene, node, name));
  return (await Promise.all(each)).flat();
};

export const PORT: Life = { name: 'the port', after: () => ({ port: GROUP_PORTS.second }) };
export const RANGE: Life = { name: 'the range', after: secondRange };
export const RENAMED: Life = {
  name: 'the name of the interface',
  after: () => ({ interface: SECOND_INTERFACE }),
  mayDiffer: true,
  look: firstIsGone,
};
export const PUBLIC: Life = {
  name: 'the public address of a node',
  after: () => ({ farPublic: 'second' }),
  prepare: ({ world, lane }) => preferSecondPublic(world.lab, lane),
  farewell: ({ world, lane }) => takeFirstPublicAway(world.lab, lane),
};
export const SITE_PUBLIC: Life = {
  name: 'the public address of a site',
  after: () => ({ sitePublic: 'second' }),
  farewell: ({ world, lane }) => takeFirstSiteAddressAway(world.lab, lane),
  welcome: ({ world, lane }) => bringFirstSiteAddressBack(world.lab, lane),
};
export const MEMBER_OUT: Life = {
  name: 'a member taken out',
  after: () => ({ members: ['edge', 'home'] }),
  look: (scene, { interface: name }) => isGone(scene, scene.lane.far, name),
};
export const HUB_TO_MESH: Life = {
  name: 'hub to mesh',
  before: () => ({ shape: 'hub' }),
  after: () => ({ shape: 'mesh' }),
  look: (scene) => forwardsNothing(scene, scene.lane.far),
};
export const ANOTHER: Life = {
  name: 'another inventory with an interface of its own',
  after: (lane) => ({
    ...secondRange(lane),
    name: `other-${lane.index}`,
    network: `other-${lane.index}`,
    interface: 'wg1',
    port: GROUP_PORTS.second,
  }),
  beside: true,
};
export const ANOTHER_ON_OURS: Life = {
  name: 'another inventory with the same interface',
  after: (lane) => ({
    ...secondRange(lane),
    name: `other-${lane.index}`,
    network: `other-${lane.index}`,
    members: ['edge', 'far'],
  }),
  refused: true,
};

const noNetwork = () => ({ members: [] });
/** Nothing of it is known to be of the network before. */
const anotherNetwork = (lane: GroupLane) => ({
  ...secondRange(lane),
  network: `next-${lane.index}`,
  interface: SECOND_INTERFACE,
  port: GROUP_PORTS.second,
});
export const NETWORK_OUT: Life = { name: 'the network taken out', after: noNetwork, look: firstIsGone };
export const NETWORK_REPLACED: Life = {
  name: 'the network replaced by another',
  after: anotherNetwork,
  newKeys: true,
  look: firstIsGone,
};

/** The machine behind the jump host is dialled over the overlay, as most people do once there is one. */
export const PORT_OVER_OVERLAY: Life = { ...PORT, name: 'the port, over the overlay', before: overlay };
export const RENAMED_OVER_OVERLAY: Life = {
  ...RENAMED,
  name: 'the name of the interface, over the overlay',
  before: overlay,
};
/** The address that is dialled goes, so that nobody could ever get in again. */
export const RANGE_OVER_OVERLAY: Life = {
  ...RANGE,
  name: 'the range, over the overlay',
  before: overlay,
  refused: true,
};
export const NETWORK_OUT_OVER_OVERLAY: Life = {
  name: 'the network taken out, over the overlay',
  before: overlay,
  after: noNetwork,
  refused: true,
};
export const NETWORK_REPLACED_OVER_OVERLAY: Life = {
  name: 'the network replaced by another, over the overlay',
  before: overlay,
  after: anotherNetwork,
  newKeys: true,
  refused: 'tunnel',
};
/** Nothing changes: what is tried is a playbook that cuts. */
export const SAME: Life = { name: 'nothing', after: () => ({}), refused: true };
