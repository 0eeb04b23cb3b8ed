import { BridgeheadError } from '../../src/core/errors.js';
import type { Inventory, Node } from '../../src/model/inventory.js';
import type {
  Connection,
  ConnectOptions,
  RunOptions,
  RunResult,
  Transport,
} from '../../src/remote/transport.js';
import type { RunContext } from '../../src/runner/context.js';
import type { RunEvent } from '../../src/runner/events/events.js';
import { makeContext } from '../../src/runner/make-context.js';
import { BARE } from '../fixtures/bare.js';

export const RUN = '20260101-000000-abcdef';

/** What a fragment answers: its standard output, or more of it. An error is what its program's caller gets. */
export type Answer =
  | string
  | { readonly code: number; readonly stdout?: string; readonly stderr?: string }
  | Error;

export interface Asked {
  readonly node: string;
  /** Of the fragment, `guard.confirm` and the like. */
  readonly id: string;
  /** Whether it was asked over a login that uses nothing open already. */
  readonly fresh: boolean;
  readonly script: string;
}

const FRAGMENT = /^bridgehead_fragment (\S+) ([01]) '((?:[^']|'\\'')*)'$/gm;

/** Nodes without a shell: each fragment that they are sent is answered by the test, and written down. */
export class AnsweringNodes implements Transport {
  /** `node: id` of every fragment, in the order in which they were asked. */
  readonly asked: string[] = [];
  /** Logins after the first, `fresh node`, and those that failed, with why. */
  readonly logins: string[] = [];
  readonly closed: string[] = [];
  /** Names of nodes that can't be logged into. */
  readonly unreachable = new Set<string>();

  constructor(private readonly answer: (asked: Asked) => Answer) {}

  async connect(
    { name }: Node,
    signal?: AbortSignal,
    { fresh = false }: ConnectOptions = {},
  ): Promise<Connection> {
    if (signal?.aborted) throw new BridgeheadError('E_INTERRUPTED', 'interrupted', { node: name });
    this.logins.push(`${fresh ? 'fresh ' : ''}${name}`);
    if (this.unreachable.has(name)) {
      throw new BridgeheadError('E_SSH_TIMEOUT', `${name} does not answer`, { node: name });
    }
    return {
      run: (program, options) => this.#run(name, fresh, program, options),
      close: async () => void this.closed.push(name),
    };
  }

  async close(): Promise<void> {}

  async #run(node: string, fresh: boolean, program: string, options: RunOptions): Promise<RunResult> {
    const nonce = /^bridgehead_nonce='([0-9a-f]{32})'$/m.exec(program)?.[1] ?? '';
    const mark = (words: string): void => {
      for (const listener of [options.onStdout, options.onStderr])
        listener?.(Buffer.from(`\n@${nonce} ${words}\n`));
    };
    for (const [, id = '', required, quoted = ''] of program.matchAll(FRAGMENT)) {
      this.asked.push(`${node}: ${id}`);
      mark(`begin ${id}`);
      const said = this.answer({ node, id, fresh, script: quoted.replaceAll("'\\''", "'") });
      if (said instanceof Error) throw said;
      const { code = 0, stdout = '', stderr = '' } = typeof said === 'string' ? { stdout: said } : said;
      options.onStdout?.(Buffer.from(stdout));
      options.onStderr?.(Buffer.from(stderr));
      mark(`end ${id} ${code}`);
      if (code !== 0 && required === '1') break;
    }
    mark('done');
    return { code: 0 };
  }
}

export function answering(name: string, over: Partial<Node> = {}): Node {
  return {
    name,
    publicAddresses: [],
    lanAddresses: [],
    ssh: { host: name, hostKeys: [], sudo: 'auto' },
    release: 'bookworm',
    ...over,
  };
}

export function inventoryOf(...nodes: readonly Node[]): Inventory {
  return { file: 'lan.yaml', name: 'lan', sites: [], nodes, networks: [], lab: {}, ...BARE };
}

export interface Stage {
  readonly context: RunContext;
  readonly events: readonly RunEvent[];
  readonly interrupt: () => void;
}

/** A run on these nodes, connected already, that waits for nothing. */
export async function stageOf(
  nodes: AnsweringNodes,
  inventory: Inventory,
  over: Partial<RunContext> = {},
): Promise<Stage> {
  const events: RunEvent[] = [];
  const interruption = new AbortController();
  const context: RunContext = {
    ...makeContext({
      run: RUN,
      inventory,
      transport: nodes,
      emit: (event) => events.push(event),
      signal: interruption.signal,
      concurrency: 4,
      chosen: new Set(inventory.nodes.map(({ name }) => name)),
      guard: { enabled: true, seconds: 90 },
      patience: { retry: 0, revert: 0 },
    }),
    pause: async () => undefined,
    ...over,
  };
  for (const node of inventory.nodes) context.connections.set(node.name, await nodes.connect(node));
  nodes.logins.length = 0;
  return { context, events, interrupt: () => interruption.abort() };
}
