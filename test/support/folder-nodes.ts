import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BridgeheadError } from '../../src/core/errors.js';
import type { Inventory, Node } from '../../src/model/inventory.js';
import type { ConnectOptions, RunOptions, RunResult, Transport } from '../../src/remote/transport.js';
import { BARE } from '../fixtures/bare.js';
import { LocalConnection } from './local-transport.js';

const node = (name: string): Node => ({
  name,
  publicAddresses: [],
  lanAddresses: [],
  ssh: { host: name, hostKeys: [], sudo: 'auto' },
  release: 'bookworm',
});

export const LAN: Inventory = {
  file: 'lan.yaml',
  name: 'lan',
  sites: [],
  nodes: [node('a'), node('b')],
  networks: [],
  lab: {},
  ...BARE,
};

/** RunReport what happens on the way to a node, and able to throw. */
export interface Faults {
  readonly connect?: (node: string, fresh: boolean, signal?: AbortSignal) => void | Promise<void>;
  /** After a program has run; what it throws is what the caller gets instead of the reply. */
  readonly ran?: (node: string, program: string) => void;
}

class FaultyConnection extends LocalConnection {
  constructor(
    private readonly node: string,
    state: string,
    private readonly faults: Faults,
  ) {
    super(['dash', '-s'], { BRIDGEHEAD_FAKE: state });
  }

  override async run(program: string, options: RunOptions): Promise<RunResult> {
    const result = await super.run(program, options);
    this.faults.ran?.(this.node, program);
    return result;
  }
}

/** Nodes are folders here: each program runs in a local dash, with no machine behind it. */
export class FolderTransport implements Transport {
  /** The newest connection to each node. */
  readonly connections = new Map<string, LocalConnection>();
  readonly logins: string[] = [];

  constructor(
    private readonly folder: string,
    private readonly faults: Faults = {},
  ) {}

  async connect(
    { name }: Node,
    signal?: AbortSignal,
    { fresh = false }: ConnectOptions = {},
  ): Promise<LocalConnection> {
    if (signal?.aborted) throw new BridgeheadError('E_INTERRUPTED', 'interrupted', { node: name });
    this.logins.push(`${fresh ? 'fresh ' : ''}${name}`);
    await this.faults.connect?.(name, fresh, signal);
    mkdirSync(this.state(name), { recursive: true });
    const connection = new FaultyConnection(name, this.state(name), this.faults);
    this.connections.set(name, connection);
    return connection;
  }

  async close(): Promise<void> {}

  /** Where the fake guard of a node keeps its files. */
  state(name: string): string {
    return join(this.folder, `guard-${name}`);
  }

  /** What the fake guard of a node was asked to do, in order. */
  log(name: string): string[] {
    const file = join(this.state(name), 'log');
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  }

  isLocked(name: string): boolean {
    return existsSync(join(this.state(name), 'lock'));
  }
}
