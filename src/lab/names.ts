import { join } from 'node:path';
import { sha256 } from '../core/sha256.js';

/** Where a lab keeps what it needs until `down`: metadata, namespaces, logs, secrets. */
export const RUN_ROOT = '/run/bridgehead-lab';
/** Where a lab keeps its machines' disks. */
export const DISK_ROOT = '/var/lib/bridgehead-lab';
/** Where base images are kept from one lab to the next. */
export const CACHE_ROOT = '/var/cache/bridgehead/lab';

/**
 * Lower-case letters, digits and dashes, at most 32; a name that had to be altered gets a hash, so that two stay different.
 */
export function labName(inventoryName: string): string {
  const plain = inventoryName
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  if (plain === inventoryName && plain.length <= 32) return plain;
  const hash = sha256(inventoryName).slice(0, 6);
  return [plain.slice(0, 25).replace(/-+$/, ''), hash].filter((part) => part !== '').join('-');
}

/** The files and folders of one lab. */
export class LabPaths {
  constructor(readonly lab: string) {}

  readonly namespace = (name: string) => join(this.run, 'ns', name);
  readonly log = (name: string) => join(this.run, 'log', `${name}.log`);
  readonly machine = (node: string, ...rest: string[]) => join(this.disk, 'machines', node, ...rest);

  get run(): string {
    return join(RUN_ROOT, this.lab);
  }
  get disk(): string {
    return join(DISK_ROOT, this.lab);
  }
  get record(): string {
    return join(this.run, 'lab.json');
  }
  get home(): string {
    return join(this.disk, 'laptop');
  }
  /** Where the files are that somebody has in place of this host's. */
  readonly guest = (name: string) => join(this.run, 'guests', name);
  readonly dns = (...rest: string[]) => join(this.run, 'dns', ...rest);
  readonly authority = (...rest: string[]) => join(this.run, 'authority', ...rest);
  readonly login = (...rest: string[]) => join(this.run, 'login', ...rest);
  /** With which nodes join a network at the lab's login server. */
  readonly joinKey = (network: string) => join(this.home, 'join-keys', network);

  /** Certificates by which the lab's authority, what it issues, and its login server are trusted. */
  get trusted(): string {
    return join(this.home, 'lab-ca.pem');
  }
  get sudoPassword(): string {
    return join(this.run, 'sudo-password');
  }
}
