import type {
  Advertised,
  Client,
  Forward,
  Inventory,
  Member,
  Network,
  Node,
  Site,
  SshSettings,
} from '../../model/inventory.js';

/** The comment above an entry in the file: lines without `#`. */
export interface Commented {
  readonly comment?: string;
}

/** As much of an entry of the inventory as is known; what is absent has its default. */
type Sketch<T, Known extends keyof T> = Partial<T> & Pick<T, Known> & Commented;

export type DraftNode = Omit<Sketch<Node, 'name'>, 'ssh'> & { readonly ssh?: Partial<SshSettings> };
export type DraftForward = Sketch<Forward, 'port' | 'node'>;
export type DraftSite = Omit<Sketch<Site, 'name' | 'subnets'>, 'forwards'> & {
  readonly forwards?: readonly DraftForward[];
};
export type DraftMember = Member & Commented;
export type DraftAdvertised = Sketch<Advertised, 'node' | 'subnets'>;
export type DraftClient = Sketch<Client, 'name' | 'addresses'>;
export type DraftNetwork = Omit<
  Sketch<Network, 'name' | 'ranges' | 'members'>,
  'members' | 'advertises' | 'clients'
> & {
  readonly members: readonly DraftMember[];
  readonly advertises?: readonly DraftAdvertised[];
  readonly clients?: readonly DraftClient[];
};

/**
 * What is known about machines and networks before there is a file. It is plain data, in the terms of the model, so that
 * a loaded inventory is a draft, too. `comment` is written at the top of the file.
 */
export interface Draft extends Commented {
  readonly name: string;
  readonly sites: readonly DraftSite[];
  readonly nodes: readonly DraftNode[];
  readonly networks: readonly DraftNetwork[];
  readonly lab?: Inventory['lab'];
}
