import type { CommandResult, ExecOptions } from '../types.js';

/** Places on the internet that are neither nodes nor clients: that of its DNS and its authority, and that of a visitor. */
export const INTERNET_PLACES = ['services', 'visitor'] as const;
export type InternetPlace = (typeof INTERNET_PLACES)[number];

/** What the lab's internet has besides addresses. */
export interface InternetPlan {
  readonly dns: DnsPlan;
  /** None: no certificates are ordered. */
  readonly authority?: AuthorityPlan;
  /** None: nobody joins a network at a login server. */
  readonly login?: LoginPlan;
  /** Addresses of somebody on the internet who is neither node nor client. IPv4 first. */
  readonly visitor: readonly string[];
}

export interface DnsPlan {
  /** IPv4 first. */
  readonly addresses: readonly string[];
  readonly records: readonly DnsRecord[];
}

export type DnsType = 'A' | 'AAAA' | 'CAA' | 'CNAME' | 'TXT';

export interface DnsRecord {
  /** In lower case; `*.example.com` answers for all names below that have none of their own. */
  readonly name: string;
  readonly type: DnsType;
  readonly answers: readonly string[];
}

/** An authority for certificates, with a root of its own. */
export interface AuthorityPlan {
  readonly addresses: readonly string[];
  /** URL of its directory. */
  readonly directory: string;
  /** Names of other authorities. At any path there it answers with its own directory. */
  readonly standsFor: readonly string[];
  readonly standsForAt: readonly string[];
}

/** A headscale, at which nodes join their networks. */
export interface LoginPlan {
  readonly addresses: readonly string[];
  /** URL of the first network's login server. */
  readonly url: string;
  /** All names by which it is reached. */
  readonly hosts: readonly string[];
  /** Ports besides 443. */
  readonly ports: readonly number[];
  readonly networks: readonly { readonly name: string; readonly tags: readonly string[] }[];
}

/** How a question can fail. `silence`: no answer ever comes. */
export type DnsFailure = 'nxdomain' | 'refused' | 'servfail' | 'silence';

/** The DNS of the lab's internet. What is set holds for the very next question. */
export interface LabDns {
  /** Answers the questions of one type about a name: `[]` that there are none of that type. */
  set(
    name: string,
    type: DnsType,
    answers: readonly string[] | DnsFailure,
    options?: { readonly delayMs?: number },
  ): Promise<void>;
  /** Removes everything that was set; it answers what the inventory says. */
  reset(): Promise<void>;
}

/** The lab's authority for certificates. E_LAB if the lab has none. */
export interface LabAuthority {
  readonly directory: string;
  /** Refuses connections. */
  stop(): Promise<void>;
  /** Answers every order with 429 `rateLimited`, and when to try again. */
  limit(): Promise<void>;
  /** Paths of the requests that were answered so. Oldest first. */
  refused(): Promise<readonly string[]>;
  /** Ends `stop` and `limit`. */
  start(): Promise<void>;
}

export interface LabInternet {
  readonly dns: LabDns;
  readonly acme: LabAuthority;
}

/** Somebody on the internet who is neither node nor client. */
export interface LabVisitor {
  /** IPv4 first. */
  readonly addresses: readonly string[];
  /** Runs a command, or a POSIX sh script, in its network; programs there trust the lab's authority. */
  exec(command: string | readonly string[], options?: ExecOptions): Promise<CommandResult>;
}

/** Runs a command, or a POSIX sh script, where the internet's services are. */
export type ServicesExec = (
  command: string | readonly string[],
  options?: ExecOptions,
) => Promise<CommandResult>;
