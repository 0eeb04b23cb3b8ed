import type { Question } from '../../../remote/question.js';
import type { Acme, App, Edge } from '../inventory/types.js';

/** A file of the proxy, or one of its units. */
export interface ProxyFile {
  readonly path: string;
  readonly content: string;
  /** What it is for, if its text doesn't show that at a glance. */
  readonly purpose?: string;
  /** Only its checksum is read back, and only root may read it: systemd gives the proxy what it needs of it. */
  readonly secret?: true;
}

/** What an edge's proxy is set up with, apart from its apps. */
export interface Setup {
  readonly edge: Edge;
  /** Seconds that the slowest of the apps' uploads may take. */
  readonly longestUpload: number;
  /** Certificate of the private authority's own server, as PEM. */
  readonly authority?: string;
  /** Environment of the DNS challenge, with its secrets. */
  readonly environment?: string;
}

/** One app, as its edge serves it. */
export interface Route {
  readonly app: App;
  /** Where the edge connects to. */
  readonly upstream: { readonly address: string; readonly port: number };
  /** File with the visitors that are let in, and the hashes of their passwords. */
  readonly visitors?: string;
}

/** An order of certificates: one for each name of an app. */
export interface Order {
  readonly app: App;
  /** From 1: an order that failed is placed again under the next number. */
  readonly attempt: number;
}

/** A unit of the proxy. */
export interface Service {
  readonly unit: string;
  /** What it reads only when it starts, its unit included. */
  readonly files: readonly ProxyFile[];
  /** `all visitors`: whom a restart cuts. */
  readonly cuts: string;
  readonly ports: readonly Port[];
}

export interface Port {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
}

/** The file of one app, which the proxy reads while it runs. */
export interface AppFile extends ProxyFile {
  /** As {@link ReverseProxy.served} names it; absent if the proxy doesn't show it. */
  readonly version?: string;
}

/** A program that answers visitors. */
export interface ReverseProxy {
  readonly kind: Edge['proxy'];
  /** As the step `program` links it. */
  readonly program: string;
  readonly unit: string;
  /** Folder of the certificates and their keys. */
  readonly state: string;
  /** What it can't do of what is asked of it; each says what to do. */
  problems(edge: Edge, apps: readonly App[]): readonly string[];
  services(setup: Setup, apps: readonly App[]): readonly Service[];
  /** Path of an app's file. */
  appPath(app: App): string;
  appFile(route: Route, setup: Setup): AppFile;
  /** What has it order an app's certificates; until it is there, the authority is not asked. */
  orderFile(order: Order, setup: Setup): AppFile;
  /** Whether it has to start again to place an order: what it has from another authority is as good to it while it runs. */
  ordersAtStart(before: string, content: string): boolean;
  /** The attempt that an order's file has; 0 if it is none. */
  attemptOf(content: string): number;
  /** The versions of files that it serves now; undefined if it doesn't answer. */
  readonly served: Question<ReadonlySet<string> | undefined>;
  /** Between name and hash in a file of visitors. */
  readonly visitorSeparator: string;
  /** sh: has it take up its apps' files, and fails unless it then serves these versions. */
  reload(versions: readonly string[]): string;
  /** sh that prints the certificates that it has from this authority, each as base64 of its PEM on a line, and never a key. */
  printCertificates(acme: Acme): string;
  /** sh that prints the names for which it has got certificates from this authority, one a line. */
  printNames(acme: Acme): string;
  /** As {@link printKeyFiles} does. */
  readonly printKeyFiles: string;
  /** sh that prints the last failure to get a certificate for `$name` since the time `$began`, in seconds; nothing if there was none. */
  readonly printFailure: string;
}
