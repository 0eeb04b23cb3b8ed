import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { isChanging } from '../../runner/events/commands.js';
import { journals } from '../../runner/journal/journal.js';
import { DEFAULT_INVENTORY, locatePlaybook, shippedPlaybooks } from '../locate.js';
import { stateDir } from '../options.js';
import type { Io } from '../terminal/io.js';

/** Files as they are typed on a command line. */
export interface TypedFiles {
  readonly inventory?: string;
  readonly playbook?: string;
  readonly stateDir?: string;
}

/** The names that a command line may need. Files are read without a check, and an unfinished one as far as possible. */
export class Names {
  readonly #files: TypedFiles;
  readonly #io: Pick<Io, 'cwd' | 'env'>;

  constructor(files: TypedFiles, io: Pick<Io, 'cwd' | 'env'>) {
    this.#files = files;
    this.#io = io;
  }

  nodes(): string[] {
    return keysOf(this.#inventory()['nodes']);
  }

  sites(): string[] {
    return keysOf(this.#inventory()['sites']);
  }

  networks(): string[] {
    return Object.keys(this.#wireguardNetworks());
  }

  clients(): string[] {
    return this.#networks().flatMap(({ clients }) => keysOf(clients));
  }

  phases(): string[] {
    const shape = this.#networks().some((network) => network['shape'] === 'hub') ? 'hub' : 'mesh';
    const { phases } = this.#read(() => this.#path(locatePlaybook(this.#files.playbook ?? shape)));
    return Array.isArray(phases)
      ? phases.flatMap((phase) => (typeof phase?.name === 'string' ? [phase.name] : []))
      : [];
  }

  playbooks(): string[] {
    return shippedPlaybooks();
  }

  /** Ids of the runs in this machine's journals that can be undone, newest first. */
  runs(): string[] {
    const found = [...journals(this.#path(stateDir(this.#files.stateDir, this.#io)))];
    return found.flatMap(([first]) =>
      first?.type === 'run-started' && isChanging(first.command) && first.command !== 'unlock'
        ? [first.run]
        : [],
    );
  }

  #inventory(): Mapping {
    return this.#read(() => this.#path(this.#files.inventory ?? DEFAULT_INVENTORY));
  }

  #networks(): Mapping[] {
    return Object.values(this.#wireguardNetworks()).filter(isMapping);
  }

  /** Those that commands are about; one that is only begun may be empty. */
  #wireguardNetworks(): Mapping {
    const networks = this.#inventory()['networks'];
    if (!isMapping(networks)) return {};
    const isTailnet = (network: unknown): boolean => isMapping(network) && network['kind'] === 'tailscale';
    return Object.fromEntries(Object.entries(networks).filter(([, network]) => !isTailnet(network)));
  }

  /** The shell passes `~` on unexpanded. */
  #path(typed: string): string {
    return resolve(this.#io.cwd, typed.replace(/^~(?=\/)/, this.#io.env['HOME'] ?? '~'));
  }

  #read(locate: () => string): Mapping {
    try {
      const file = locate();
      const content: unknown = existsSync(file)
        ? parse(readFileSync(file, 'utf8'), { logLevel: 'silent' })
        : {};
      return isMapping(content) ? content : {};
    } catch {
      // Nothing to offer: the command itself reports what is wrong with the file.
      return {};
    }
  }
}

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const keysOf = (value: unknown): string[] => (isMapping(value) ? Object.keys(value) : []);
