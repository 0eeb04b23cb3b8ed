import { canonical } from '../../../../model/address.js';
import type { DnsQuestion } from '../../../../packets/programs/dns-program.js';
import { all, GarbledReply, integer, type Lines } from '../../../../remote/reply-lines.js';

/** What came back for one question. */
export type Reply =
  | {
      readonly kind: 'answer';
      /** DNS's own number: 0, 3 (no such name), 5 (refused). */
      readonly code: number;
      /** Canonical addresses; of a TXT record, its text. */
      readonly data: readonly string[];
    }
  | { readonly kind: 'lost'; readonly reason: string };

export interface Seen {
  readonly perl: boolean;
  /** The first of /etc/resolv.conf; `behind`: those that it asks, if it is systemd-resolved's. */
  readonly resolver?: { readonly address: string; readonly behind: readonly string[] };
  /** By {@link keyOf}. */
  readonly replies: ReadonlyMap<string, Reply>;
  /** `open`, `refused`, `timeout` or the system's words, by address. */
  readonly tcp: ReadonlyMap<string, string>;
}

export const keyOf = ({ server, name, type }: Omit<DnsQuestion, 'required'>): string =>
  `${server ?? '-'} ${name} ${type}`;

/** `192.168.1.1`, `127.0.0.53 (systemd-resolved, which asks 192.168.1.1)` */
export const resolverText = ({ address, behind }: NonNullable<Seen['resolver']>): string =>
  behind.length === 0 ? address : `${address} (systemd-resolved, which asks ${behind.join(', ')})`;

const WORDS = new Set(['answer', 'lost', 'tcp', 'resolver', 'no-perl']);

function decoded(type: DnsQuestion['type'], hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  if (type === 'TXT') return bytes.subarray(1, 1 + (bytes[0] ?? 0)).toString('utf8');
  if (bytes.length !== (type === 'A' ? 4 : 16)) throw new GarbledReply(`${hex} is not an address`);
  if (type === 'A') return [...bytes].join('.');
  return canonical(Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16)).join(':'));
}

export function parseSeen(
  lines: Lines,
  questions: readonly DnsQuestion[],
  tcpTargets: readonly string[],
): Seen {
  const strange = lines.find(([word = '']) => !WORDS.has(word));
  if (strange !== undefined) throw new GarbledReply(`an unexpected line "${strange.join(' ')}"`);
  const numbered = <T>(items: readonly T[], number: string | undefined): T => {
    const item = items[integer(number)];
    if (item === undefined) throw new GarbledReply('an unexpected answer');
    return item;
  };
  const replies = new Map<string, Reply>();
  for (const [number, code, ...data] of all(lines, 'answer')) {
    const question = numbered(questions, number);
    const texts = data.map((hex) => decoded(question.type, hex));
    replies.set(keyOf(question), { kind: 'answer', code: integer(code), data: texts });
  }
  for (const [number, ...reason] of all(lines, 'lost')) {
    replies.set(keyOf(numbered(questions, number)), { kind: 'lost', reason: reason.join(' ') });
  }
  const tcp = new Map(
    all(lines, 'tcp').map(([number, ...state]) => [numbered(tcpTargets, number), state.join(' ')] as const),
  );
  const perl = all(lines, 'no-perl').length === 0;
  const missing = questions.find((question) => !replies.has(keyOf(question)));
  if (perl && missing !== undefined) throw new GarbledReply(`no answer about ${missing.name}`);
  const [address, ...behind] = all(lines, 'resolver')[0] ?? [];
  return { perl, ...(address !== undefined && { resolver: { address, behind } }), replies, tcp };
}
