import type { Secret } from '../core/secret.js';
import type { LabNeeds } from '../layers/lab.js';
import type { Inventory } from '../model/inventory.js';
import type { InternetPlace, InternetPlan, LabInternet, LabVisitor } from './internet/types.js';

export type Release = Inventory['nodes'][number]['release'];

/** What a machine's disk starts from: a plain server of a release, or a client's with WireGuard and no sshd. */
export type Image = Release | 'client';

/** A network namespace to make; its name is a file name below the lab's `ns/`. */
export interface NamespacePlan {
  readonly name: string;
  /** Keys below /proc/sys/net and their values; keys that the kernel lacks are left out. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** Text for `nft -f -`. */
  readonly nft?: string;
}

/** Lines for `ip -batch -`, run inside one namespace. */
export interface NetworkStep {
  readonly namespace: string;
  readonly lines: readonly string[];
}

export interface MachinePlan {
  /** Name of the node, or of the client. */
  readonly node: string;
  readonly release: Release;
  readonly image: Image;
  /** Namespace and bridge that its `host0` is attached to. */
  readonly namespace: string;
  readonly bridge: string;
  /** Name, in that namespace, of the outer end of `wan0`, which is moved to the internet's bridge. */
  readonly wanLink?: string;
  /** None: nobody logs in, as on a client. */
  readonly login?: { readonly user: string; readonly sudo: 'passwordless' | 'password' };
  /** Ports that sshd listens on; 22 is always among them. Empty: there is no sshd. */
  readonly sshPorts: readonly number[];
  /** Files under its root; directories are made as needed. */
  readonly files: readonly { readonly path: string; readonly mode: number; readonly content: string }[];
}

/** How a connection to a node is made, from where it starts. */
export interface Dial {
  readonly node: string;
  /** As the inventory writes it. */
  readonly host: string;
  readonly port: number;
  /** What `host` resolves to in the lab. */
  readonly address: string;
  /** Port on which the node's own sshd is reached this way. */
  readonly nodePort: number;
  /** The node that it goes through; none: directly from the laptop. */
  readonly through?: string;
}

export interface LaptopPlan {
  readonly namespace: string;
  /** The site whose LAN it is in; none: on the internet. */
  readonly site?: string;
  readonly addresses: readonly string[];
  /** Text of its /etc/hosts. */
  readonly hosts: string;
  /** Text of its /etc/resolv.conf; none: it has no DNS. */
  readonly resolver?: string;
}

/** A client's machine and the router in front of it. */
export interface ClientPlan {
  readonly name: string;
  /** Its addresses in the LAN of its own router. IPv4 first. */
  readonly addresses: readonly string[];
  /** The router's addresses on the internet. IPv4 first. */
  readonly outside: readonly string[];
}

export interface LabPlan {
  readonly lab: string;
  readonly namespaces: readonly NamespacePlan[];
  readonly network: readonly NetworkStep[];
  readonly machines: readonly MachinePlan[];
  readonly laptop: LaptopPlan;
  readonly dials: readonly Dial[];
  readonly clients: readonly ClientPlan[];
  /** Addresses of the web server on the internet; empty in a lab without clients. */
  readonly web: readonly string[];
  /** None: the lab's internet has no DNS, as nobody needs one. */
  readonly internet?: InternetPlan;
  /** Choices that the inventory left open, to be shown. */
  readonly notes: readonly string[];
  readonly ipv6: boolean;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LabOptions {
  /** Gets one line for whatever takes longer than a second, and for every choice made. */
  readonly log: (line: string) => void;
  /** The machines will have to install packages. */
  readonly installs?: boolean;
  /** What its internet must have; default: what the inventory needs. */
  readonly needs?: Required<LabNeeds>;
  readonly signal?: AbortSignal;
}

export interface LaptopRunOptions {
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** `capture` (the default) returns the output, up to 16 MiB per stream; `inherit` passes the terminal on. */
  readonly stdio?: 'inherit' | 'capture';
  /** Fed on standard input; with `capture` only. */
  readonly input?: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export type ExecOptions = Omit<LaptopRunOptions, 'env'>;

/** A site's router: a namespace with a leg on the internet and one on the LAN. */
export interface Router {
  /** Runs a command, or a POSIX sh script, in the router's network namespace. */
  exec(command: string | readonly string[], options?: ExecOptions): Promise<CommandResult>;
  /** Removes one port forward; E_LAB if there is no such forward. Existing flows may continue until they fall silent. */
  removeForward(protocol: 'udp' | 'tcp', port: number): Promise<void>;
  /** Adds every forward of the inventory again. */
  restoreForwards(): Promise<void>;
}

/** A phone or a laptop, as a machine without sshd. */
export interface LabClient {
  /** Runs a command, or a POSIX sh script, as root inside it. */
  exec(command: string | readonly string[], options?: ExecOptions): Promise<CommandResult>;
  /** Brings a tunnel up with this text as its config, replacing one that is up; E_LAB if wg-quick refuses it. */
  up(config: Secret, tunnel?: string): Promise<void>;
  /** Takes the tunnel down and removes its config; it is fine if there is none. */
  down(tunnel?: string): Promise<void>;
  /** Fetches a page once. */
  fetch(url: string, options?: { readonly timeoutMs?: number }): Promise<Fetched>;
}

export interface Fetched {
  readonly ok: boolean;
  /** The page, or why there is none. */
  readonly text: string;
}

/** A lab that is up. Names are those of the inventory; an unknown one is E_LAB. */
export interface Lab {
  readonly name: string;
  readonly plan: LabPlan;
  /** The laptop's home folder. */
  readonly home: string;
  /** File (0600) with the sudo password of every login that needs one. */
  readonly sudoPasswordFile: string;
  /** Runs a command as the laptop; never rejects for a non-zero status. */
  run(argv: readonly string[], options?: LaptopRunOptions): Promise<CommandResult>;
  /** Runs a command, or a POSIX sh script, as root inside a machine, without SSH. */
  exec(node: string, command: string | readonly string[], options?: ExecOptions): Promise<CommandResult>;
  router(site: string): Router;
  client(name: string): LabClient;
  /** E_LAB if the lab's internet has nothing but addresses; so with `visitor`. */
  readonly internet: LabInternet;
  readonly visitor: LabVisitor;
  /** Runs a command, or a POSIX sh script, in the network of one of the internet's own places. E_LAB if the lab has none. */
  onInternet(
    place: InternetPlace,
    command: string | readonly string[],
    options?: ExecOptions,
  ): Promise<CommandResult>;
  /** Reboots a machine from within, and waits until its new sshd answers. */
  reboot(node: string): Promise<void>;
  /** Cuts a machine's power. */
  kill(node: string): Promise<void>;
  /** Starts a machine that was killed or powered off, on the disk that it had. */
  boot(node: string): Promise<void>;
  /** The machine's real host keys, `ssh-ed25519 AAAA...`. */
  knownHostKeys(node: string): Promise<readonly string[]>;
}

export interface MachineStatus {
  readonly node: string;
  readonly release: Release;
  /** What `systemctl is-system-running` prints; `down` if there is no machine. */
  readonly state: string;
  readonly failedUnits: readonly string[];
}

export interface LabStatus {
  readonly name: string;
  /** `dead`: leftovers of a lab without processes; `down`: nothing of it is left. */
  readonly state: 'up' | 'building' | 'dead' | 'down';
  /** ISO 8601. */
  readonly since?: string;
  /** Whether the inventory is still the one from which it was built. */
  readonly current?: boolean;
  readonly laptop?: LaptopPlan;
  readonly machines: readonly MachineStatus[];
}
