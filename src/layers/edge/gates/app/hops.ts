/** The way from a visitor to an app, in the order in which packets take it. */
export const HOPS = ['name', 'port', 'redirect', 'certificate', 'router', 'tunnel', 'relay', 'app'] as const;
export type Hop = (typeof HOPS)[number];

/** Where the fault is, and so who can mend it. */
export type Side = 'visitor' | 'DNS' | 'edge' | 'tunnel' | 'home' | 'app';

/** The first hop that a visitor doesn't get past. */
export interface Broken {
  readonly hop: Hop;
  readonly side: Side;
  readonly evidence: string;
  readonly fix: string;
}

export const isEarlier = (one: Broken, other: Broken): boolean =>
  HOPS.indexOf(one.hop) < HOPS.indexOf(other.hop);
