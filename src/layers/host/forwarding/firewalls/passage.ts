import type { Service } from '../../../../model/inventory.js';

/** Packets that a node forwards for others, in a firewall's terms: the side of the tunnel, and CIDR if there is one. */
export interface Passage {
  /** Whether they come out of the tunnel; otherwise from the node's LAN. */
  readonly fromTunnel: boolean;
  /** Whether they go into the tunnel; otherwise to the LAN or the internet. */
  readonly toTunnel: boolean;
  readonly from?: string;
  readonly to?: string;
  /** The one port of `to` that is meant; without it, all are. */
  readonly service?: Service;
  /** The tunnel's interface, if the rules are marked by another name. */
  readonly tunnel?: string;
}
