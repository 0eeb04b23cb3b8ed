import type { Section } from './sections.js';

/** What makes an interface that wg-quick doesn't, and by which file or container. */
export interface Maker {
  readonly kind: 'networkd' | 'NetworkManager' | 'ifupdown' | 'container';
  readonly where: string;
}

/** A file by which another program than wg-quick makes an interface; private and preshared keys are hidden in it. */
export interface MakerFile {
  readonly path: string;
  readonly text: string;
}

/** A line of such a file that means something which wg-quick wouldn't do. */
export interface Untaken {
  readonly file: string;
  /** Counted from 1; 0 if it is about all of the file. */
  readonly line: number;
  /** `RouteTable=100`; empty for all of the file. */
  readonly setting: string;
  readonly why: Reason;
}

/** Why a line can't be taken over, which decides what to do about it. */
export type Reason =
  | 'address'
  | 'dns'
  | 'earlier'
  | 'file'
  | 'forwarding'
  | 'link-local'
  | 'match'
  | 'masquerade'
  | 'routing'
  | 'secret'
  | 'unknown'
  | 'zone';

/** An interface that another program makes, as wg-quick could make it. */
export interface Takeover {
  readonly kind: 'networkd' | 'NetworkManager';
  /** Paths of the program's files about it: they are put aside. */
  readonly files: readonly string[];
  /** A configuration of wg-quick that says the same; without private and preshared keys. */
  readonly text: string;
  readonly untaken: readonly Untaken[];
  /** Whether the program runs, and the interface as these files say. */
  readonly drives: boolean;
}

/** Whether a value is understood; a function of it, or `true` for any. Empty values are defaults, and always are. */
export type Understood = true | ((value: string) => boolean);

/** What is understood of a section, by key; every other key has a reason, or is unknown. */
export interface Grammar {
  readonly understood: Readonly<Record<string, Understood>>;
  readonly reasons?: Readonly<Record<string, Reason>>;
  /** Of keys that neither names. */
  readonly otherwise?: Reason;
}

export const isOneOf =
  (...values: readonly string[]) =>
  (value: string): boolean =>
    values.includes(value.toLowerCase());
export const isNo = isOneOf('no', 'false', 'off', '0');
export const isNumber = (value: string): boolean => /^\d+$/.test(value);

/** The lines of a section that can't be taken over; a section without a grammar is refused by its header. */
export function untakenIn(file: string, section: Section, grammar: Grammar | undefined): readonly Untaken[] {
  if (grammar === undefined) {
    const why: Reason = /^rout/i.test(section.name) ? 'routing' : 'unknown';
    return [{ file, line: section.line, setting: `[${section.name}]`, why }];
  }
  return section.settings.flatMap(({ key, value, line }): Untaken[] => {
    const name = key.replace(/\d+$/, '');
    const understood = grammar.understood[key] ?? grammar.understood[name];
    if (value === '' || understood === true || understood?.(value)) return [];
    const why = grammar.reasons?.[key] ?? grammar.reasons?.[name] ?? grammar.otherwise ?? 'unknown';
    return [{ file, line, setting: `${key}=${value}`, why }];
  });
}

export const wholeFile = (file: string): Untaken => ({ file, line: 0, setting: '', why: 'file' });

/** A peer in the words of wg-quick. */
export interface WrittenPeer {
  readonly comment: string | undefined;
  readonly publicKey: string;
  readonly allowedIps: readonly string[];
  readonly endpoint: string | undefined;
  readonly keepalive: string | undefined;
  readonly shared: boolean;
}

/** The text of a configuration of wg-quick without keys. */
export function writtenText(
  own: Readonly<Record<'Address' | 'ListenPort' | 'MTU', readonly string[]>>,
  peers: readonly WrittenPeer[],
): string {
  const setting = (key: string, value: string | undefined): string[] =>
    value === undefined ? [] : [`${key} = ${value}`];
  const lines = [
    '[Interface]',
    ...Object.entries(own).flatMap(([key, values]) => values.map((value) => `${key} = ${value}`)),
    ...peers.flatMap(({ comment, publicKey, allowedIps, endpoint, keepalive, shared }) => [
      '',
      '[Peer]',
      ...(comment === undefined ? [] : [`# ${comment.replace(/^[#;\s]+/, '')}`]),
      `PublicKey = ${publicKey}`,
      `AllowedIPs = ${allowedIps.join(', ')}`,
      ...setting('Endpoint', endpoint),
      ...setting('PersistentKeepalive', keepalive),
      ...setting('PresharedKey', shared ? '(hidden)' : undefined),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}
