import type { Build } from '../../parcel.js';
import { CADDY } from './caddy.js';
import { TAILSCALE, TAILSCALED } from './tailscale.js';
import { TRAEFIK } from './traefik.js';

/** Builds of one version, by architecture. */
export type Builds = Readonly<Record<string, Build>>;

export interface KnownProgram {
  readonly name: string;
  /** `reverse proxy` */
  readonly what: string;
  /** By version, the newest first. */
  readonly versions: Readonly<Record<string, Builds>>;
}

/** Programs that Debian doesn't have, or only old versions of. */
const ALL: readonly KnownProgram[] = [TRAEFIK, CADDY, TAILSCALE, TAILSCALED];

export const KNOWN_PROGRAMS: ReadonlyMap<string, KnownProgram> = new Map(
  ALL.map((program) => [program.name, program]),
);

/** The version that is installed if none is named. */
export const newestOf = ({ versions }: KnownProgram): string => Object.keys(versions)[0] ?? '';
