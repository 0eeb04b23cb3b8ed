import type { Problem } from '../../core/errors.js';
import { show } from '../../document/index.js';
import { BASE_SCHEMA } from '../../inventory/base-schema.js';
import type { SshSettings } from '../../model/inventory.js';
import { parseAddress } from '../../model/parse-address.js';
import type { DraftNode, DraftSite } from '../draft/draft.js';

/** A position in a file; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

export interface ReachedAt {
  readonly address: string;
  readonly port: number;
  /** The port that the machine itself listens on. */
  readonly nodePort: number;
}

/** A machine as a source names it. */
export interface Machine {
  readonly name: string;
  readonly at: Place;
  readonly ssh: Partial<SshSettings>;
  /** Bare and canonical, of any kind. */
  readonly addresses: readonly string[];
  /** The inventory's own keys, as far as the source has them. */
  readonly node?: Omit<Partial<DraftNode>, 'name' | 'ssh'>;
  /** The same for the site of `node`. */
  readonly site?: DraftSite;
  /** Its overlay addresses. */
  readonly tunnelled?: readonly string[];
  /** Public addresses and UDP ports at which peers connect to it: its own or its router's. */
  readonly reachedAt?: readonly ReachedAt[];
}

/** A peer of a wg-quick configuration. */
export interface TunnelPeer {
  readonly at: Place;
  /** From a comment. */
  readonly name?: string;
  /** Absent if the file has a placeholder, `<...>`. */
  readonly publicKey?: string;
  /** CIDR, canonical. */
  readonly allowedIps: readonly string[];
  readonly endpoint?: { readonly host: string; readonly port: number };
  readonly keepalive?: number;
  readonly preshared: boolean;
}

/** A wg-quick configuration, without its secrets. */
export interface Tunnel {
  /** The machine that it is from. */
  readonly owner: string;
  readonly at: Place;
  readonly interface: string;
  /** CIDR as written: an address with the prefix length of its network. */
  readonly addresses: readonly string[];
  readonly listenPort?: number;
  readonly mtu?: number;
  /** Bare addresses. */
  readonly dns: readonly string[];
  /** Whether a hook forwards packets behind the machine's own address. */
  readonly masquerades: boolean;
  readonly peers: readonly TunnelPeer[];
}

/** What the sources contain, with notes and problems. */
export class Found {
  readonly machines: Machine[] = [];
  readonly tunnels: Tunnel[] = [];
  /** What was left out, guessed or joined. */
  readonly notes: Problem[] = [];
  /** These make the import fail. */
  readonly problems: Problem[] = [];

  /** Once for each position, however many machines it concerns. */
  note(at: Place, message: string, fix?: string): void {
    const isKnown = this.notes.some(
      (one) =>
        one.message === message && one.file === at.file && one.line === at.line && one.column === at.column,
    );
    if (!isKnown) this.notes.push({ ...at, message, fix });
  }

  problem(at: Place, message: string, fix?: string): void {
    this.problems.push({ ...at, message, fix });
  }

  /** The canonical form of a bare address; undefined, and a problem, if it isn't one. */
  address(at: Place, text: string): string | undefined {
    const parsed = parseAddress(text);
    if (parsed.ok) return parsed.text;
    this.problem(at, `${show(text)} ${parsed.message}`, parsed.fix);
    return undefined;
  }

  /** The text, if a definition of the inventory's schema accepts it; otherwise undefined, and a problem. */
  fitting(at: Place, what: string, text: string, rule: keyof typeof RULES): string | undefined {
    const { pattern, 'x-message': fix } = RULES[rule];
    if (new RegExp(pattern).test(text)) return text;
    this.problem(at, `${what}: ${show(text)} can't be in an inventory`, fix);
    return undefined;
  }

  port(at: Place, what: string, text: string): number | undefined {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (port >= 1 && port <= 65535) return port;
    this.problem(at, `${what}: ${show(text)} is not a port`, 'write 1 to 65535');
    return undefined;
  }
}

const { sshUser, sshKey, sshJump, hostKey, name } = BASE_SCHEMA.definitions;
const RULES = {
  host: BASE_SCHEMA.node.ssh.properties.host,
  user: sshUser,
  key: sshKey,
  jump: sshJump,
  hostKey,
  name,
};
