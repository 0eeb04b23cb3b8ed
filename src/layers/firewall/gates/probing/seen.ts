import { parseRules, type Rules } from '../../../../facts/firewall/read.js';
import { all, GarbledReply, integer, type Lines, only } from '../../../../remote/reply-lines.js';
import { saysIpv6Off } from '../../../shared/packet-answers.js';
import { type Admission, admissionIn } from '../../../tailscale/live/admission.js';

/** A packet as it was at one place. */
export interface Sighting {
  readonly device: string;
  /** Its source when it came in, its destination when it left. */
  readonly address: string;
  readonly port: number;
}

/** What a node saw of one packet. */
export interface Course {
  readonly came?: Sighting;
  /** The port at which it has passed the firewall, to the node itself. */
  readonly passed?: number;
  /** It was forwarded. */
  readonly left?: Sighting;
}

/** What the kernel's trace says of a packet that was dropped. */
export interface Traced {
  readonly protocol: string;
  readonly source: string;
  readonly port: number;
  /** `inet filter input rule tcp dport 80 drop (verdict drop)`, `ip filter INPUT policy drop`. */
  readonly said: string;
}

export interface Seen {
  readonly perl: boolean;
  readonly ipv6Off: boolean;
  /** By the probe's number: how it was answered, or `silence`, or why it couldn't be sent. */
  readonly sent: ReadonlyMap<number, { readonly times: number; readonly outcome: string }>;
  /** Nodes that said that they listen. */
  readonly here: ReadonlySet<string>;
  /** `SENDER NUMBER` to what was seen of it here. */
  readonly courses: ReadonlyMap<string, Course>;
  /** The firewall after the probes, and before them if counters were asked for. */
  readonly tables: Rules;
  readonly before: Rules;
  readonly traced: readonly Traced[];
  /** What tailscaled lets in from the tailnet, if it runs and could be asked. */
  readonly admission?: Admission;
}

export function parseSeen(lines: Lines): Seen {
  const perl = all(lines, 'no-perl').length === 0;
  const sent = all(lines, 'sent');
  const admission = admissionIn(lines);
  const probes = perl ? integer(only(lines, 'probes')[0]) : 0;
  if (sent.length !== probes) throw new GarbledReply(`expected ${probes} outcomes, got ${sent.length}`);
  return {
    perl,
    ipv6Off: saysIpv6Off(lines),
    sent: new Map(
      sent.map(([number, times, ...outcome]) => [
        integer(number),
        { times: integer(times), outcome: outcome.join(' ') },
      ]),
    ),
    here: new Set(all(lines, 'here').map(([name = '']) => name)),
    courses: new Map(
      all(lines, 'seen').map(([sender, number, ...words]) => [`${sender} ${number}`, courseIn(words)]),
    ),
    tables: parseRules(lines),
    before: parseRules(all(lines, 'was')),
    traced: all(lines, 'trace').map(([protocol = '', source = '', port, ...said]) => ({
      protocol,
      source,
      port: integer(port),
      said: said.join(' '),
    })),
    ...(admission !== undefined && { admission }),
  };
}

/** `DEVICE SOURCE PORT` as it came, the port at which it passed, `DEVICE DESTINATION PORT` as it left; `-` for what wasn't seen. */
function courseIn(words: readonly string[]): Course {
  const sighting = ([device, address, port]: readonly string[]): Sighting | undefined => {
    if (device === undefined || address === undefined)
      throw new GarbledReply('expected where a packet was seen');
    return device === '-' ? undefined : { device, address, port: integer(port) };
  };
  const [came, passed, left] = [sighting(words.slice(0, 3)), words[3], sighting(words.slice(4, 7))];
  return {
    ...(came && { came }),
    ...(passed !== '-' && { passed: integer(passed) }),
    ...(left && { left }),
  };
}
