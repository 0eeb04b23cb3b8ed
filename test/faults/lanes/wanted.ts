/** What the inventory of a group says, where it may say something else later in its life. */
export interface Wanted {
  /** Another name makes it another inventory. */
  readonly name: string;
  readonly network: string;
  readonly interface: string;
  readonly port: number;
  /** The first three numbers of the range, a /24. */
  readonly range: string;
  /** The network's members: `edge`, `home`, `far`; without any there is no network. */
  readonly members: readonly Member[];
  readonly shape: 'mesh' | 'hub';
  readonly farPublic: 'first' | 'second';
  readonly sitePublic: 'first' | 'second';
  /** How the machine behind the jump host is dialled from there: at its LAN address, or at this address of the overlay. */
  readonly dialled: 'lan' | string;
}

export const MEMBERS = ['edge', 'home', 'far'] as const;
export type Member = (typeof MEMBERS)[number];
