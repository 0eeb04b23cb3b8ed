import type { Certificate } from '../../../../visitor/certificate.js';
import type { Family } from '../../../../visitor/visitor.js';

/** What became of a connection. */
export interface Reach {
  readonly outcome: 'open' | 'refused' | 'dropped' | 'unreachable' | 'unmeasured' | 'closed' | 'error';
  /** In the system's words. */
  readonly text: string;
}

/** What an app answered, or why it did not. */
export type Answer =
  | {
      readonly kind: 'http';
      readonly status: number;
      readonly location?: string;
      readonly contains: boolean;
      /** The first line of the body. */
      readonly line: string;
    }
  /** Bytes of an app that doesn't speak HTTP; none from one that waits for the visitor to begin. */
  | { readonly kind: 'bytes'; readonly bytes: number; readonly contains: boolean }
  | { readonly kind: 'failure'; readonly reach: Reach };

/** One app, visited through one address of one edge. */
export interface Visit {
  readonly app: string;
  readonly edge: string;
  readonly family: Family;
  readonly address: string;
  /** The name that was asked for, for kinds with names. */
  readonly host?: string;
  /** Port 80, for an app with a redirect. */
  readonly plain?: Reach;
  readonly redirect?: Answer;
  /** The port that the app's answer comes from. */
  readonly front: Reach;
  readonly handshake?: Reach;
  readonly certificate?: Certificate;
  readonly answer?: Answer;
}

/** What DNS answered for one name. */
export interface NameSeen {
  readonly host: string;
  readonly app: string;
  readonly answers: readonly NameAnswer[];
}

export interface NameAnswer {
  readonly family: Family;
  readonly addresses: readonly string[];
  /** Why there is no answer, in the resolver's code. */
  readonly failure?: string;
  /** What the zone's own servers answer, if this machine's resolver answered something unexpected. */
  readonly authority?: readonly string[];
}

/** What was tried besides, with an app through one edge. */
export interface Trial {
  readonly app: string;
  readonly edge: string;
  readonly what: 'upload' | 'websocket' | 'caller';
  readonly go: boolean;
  readonly seen: string;
  /** It could not be tried with this app, or shows little. */
  readonly noted?: true;
  /** If it isn't the usual one for what was tried. */
  readonly fix?: string;
}

export interface Outside {
  readonly names: readonly NameSeen[];
  readonly visits: readonly Visit[];
  readonly trials: readonly Trial[];
  /** Milliseconds since 1970, on this machine. */
  readonly now: number;
}
