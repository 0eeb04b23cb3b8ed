/** One `[Peer]` block as a file says it. */
export interface ConfigPeer {
  readonly publicKey: string;
  /** As written, in the order of the file. */
  readonly allowedIps: readonly string[];
  /** `host:port` as written. */
  readonly endpoint?: string;
  /** Seconds; `off` counts as none. */
  readonly keepalive?: number;
}

export interface WireguardConfig {
  /** As written, with prefix lengths. */
  readonly addresses: readonly string[];
  readonly listenPort?: number;
  readonly mtu?: number;
  readonly peers: readonly ConfigPeer[];
}

type Section = Map<string, string[]>;

/** Parses a wg-quick configuration, including hand-written ones. Private, preshared and unknown keys are dropped. */
export function parseConfig(text: string): WireguardConfig {
  const own: Section = new Map();
  const peers: Section[] = [];
  let section: Section | undefined;
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.replace(/#.*/, '').trim();
    const header = /^\[(.+)\]$/.exec(line)?.[1]?.toLowerCase();
    if (header !== undefined) {
      section = header === 'interface' ? own : header === 'peer' ? new Map() : undefined;
      if (header === 'peer' && section) peers.push(section);
      continue;
    }
    const equals = line.indexOf('=');
    if (equals < 0 || !section) continue;
    const key = line.slice(0, equals).trim().toLowerCase();
    section.set(key, [...(section.get(key) ?? []), line.slice(equals + 1).trim()]);
  }
  const listenPort = number(own, 'listenport');
  const mtu = number(own, 'mtu');
  return {
    addresses: list(own, 'address'),
    ...(listenPort !== undefined && { listenPort }),
    ...(mtu !== undefined && { mtu }),
    peers: peers.map(toPeer),
  };
}

function toPeer(section: Section): ConfigPeer {
  const endpoint = section.get('endpoint')?.at(-1);
  const keepalive = number(section, 'persistentkeepalive');
  return {
    publicKey: section.get('publickey')?.at(-1) ?? '',
    allowedIps: list(section, 'allowedips'),
    ...(endpoint !== undefined && { endpoint }),
    ...(keepalive !== undefined && keepalive > 0 && { keepalive }),
  };
}

function list(section: Section, key: string): string[] {
  const written = section.get(key) ?? [];
  return written
    .flatMap((value) => value.split(','))
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function number(section: Section, key: string): number | undefined {
  const written = section.get(key)?.at(-1);
  return written !== undefined && /^\d+$/.test(written) ? Number(written) : undefined;
}
