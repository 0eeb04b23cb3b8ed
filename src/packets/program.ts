/** One line of a program's data: words without spaces, the first one its name. */
export type DataLine = readonly (string | number)[];

/** Perl that sends packets, listens, and prints what came of it. Only perl-base is needed, which every Debian has. */
export interface PacketProgram {
  /** It sees the subs of `prelude.pl`. */
  readonly code: string;
  /** What the inventory says goes in here, never into the code. */
  readonly data: readonly DataLine[];
  /** POSIX sh run if there is no perl; it prints its own lines, the end line excepted. */
  readonly without: string;
  /** Paths without which it would wait in vain. */
  readonly needs?: readonly string[];
}

export interface PacketTiming {
  /** Seconds that an answer is waited for. */
  readonly patience: number;
  /** Letters and digits: distinguishes this run's packets from others'. */
  readonly token: string;
}

export interface Ipv6Data {
  /** Interfaces on which the node needs IPv6; if it is off there or altogether, the program prints `ipv6-off` first. */
  readonly ipv6: readonly string[];
}

export function ipv6Lines(interfaces: readonly string[]): readonly DataLine[] {
  return interfaces.map((name) => ['ipv6', name]);
}
