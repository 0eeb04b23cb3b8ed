import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BridgeheadError } from '../../src/core/errors.js';
import type { Inventory } from '../../src/model/inventory.js';
import type { Playbook } from '../../src/playbook/types.js';
import type { RunEvent, StampedEvent } from '../../src/runner/events/events.js';
import { type RunRequest, run } from '../../src/runner/run.js';
import { PLAIN_MESH } from '../fixtures/plain-mesh.js';
import { FolderTransport, LAN } from '../support/folder-nodes.js';
import { fakeGuard } from '../support/node-guard.js';

const off = (...nodes: readonly string[]) => ({
  connect: (name: string) => {
    if (nodes.includes(name)) throw new BridgeheadError('E_SSH_TIMEOUT', `${name} is off`, { node: name });
  },
});

const [a, b] = LAN.nodes;
if (!a || !b) throw new TypeError('the fixture has no nodes');
const MESH: Inventory = {
  ...LAN,
  nodes: [a, b, { ...a, name: 'c', ssh: { ...a.ssh, host: 'c' } }],
  networks: [
    {
      name: 'mesh',
      interface: 'wg0',
      ranges: ['10.9.0.0/24'],
      ...PLAIN_MESH,
      port: 51820,
      mtu: 1420,
      keepalive: 25,
      members: ['a', 'b', 'c'].map((node, index) => ({ node, addresses: [`10.9.0.${index + 1}`] })),
    },
  ],
};

describe('nodes that do not answer', () => {
  let folder: string;
  let events: StampedEvent[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-off-'));
    events = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const playbook = (): Playbook => ({
    file: join(folder, 'demo.yaml'),
    name: 'demo',
    phases: [
      {
        name: 'make',
        steps: [
          {
            id: 'make.step-1',
            kind: 'script',
            name: 'mark',
            on: ['all'],
            params: {
              check: `test -e ${folder}/$BRIDGEHEAD_NODE.made`,
              run: `touch ${folder}/$BRIDGEHEAD_NODE.made`,
            },
          },
        ],
        gates: [
          { id: 'make.gate-1', kind: 'commands', name: 'shell', on: ['all'], params: { names: ['sh'] } },
          { id: 'make.gate-2', kind: 'commands', name: 'on c', on: ['c'], params: { names: ['sh'] } },
        ],
      },
    ],
  });

  const go = async (dead: readonly string[], over: Partial<RunRequest> = {}): Promise<{ exit: number }> => {
    events = [];
    const { exit } = await run({
      command: 'apply',
      run: '20260101-000000-abcdef',
      inventory: MESH,
      playbook: playbook(),
      phases: [],
      only: [],
      transport: new FolderTransport(folder, off(...dead)),
      nodeGuard: fakeGuard,
      emit: (event) => events.push(event),
      signal: new AbortController().signal,
      concurrency: 4,
      ...over,
    });
    return { exit };
  };
  const ofType = <T extends RunEvent['type']>(type: T): Extract<StampedEvent, { type: T }>[] =>
    events.filter((event): event is Extract<StampedEvent, { type: T }> => event.type === type);
  const gates = (): string[] =>
    ofType('gate-ended').map(
      ({ name, go, unmeasured, summary }) =>
        `${name} ${unmeasured ? 'skipped' : go ? 'go' : 'stop'}: ${summary}`,
    );
  const made = (): string[] => ofType('change-done').map(({ node }) => node);

  it.each(['apply', 'plan', 'check'] as const)(
    'end %s of all nodes in 4, with nothing touched',
    async (command) => {
      expect(await go(['c'], { command })).toMatchObject({ exit: 4 });
      expect(ofType('step-planned')).toEqual([]);
      expect(ofType('node-failed').map(({ node }) => node)).toEqual(['c']);
    },
  );

  it('do not stop the work on others that --only names', async () => {
    expect(await go(['c'], { only: ['a', 'b'] })).toMatchObject({ exit: 0 });
    expect(made().sort()).toEqual(['a', 'b']);
    expect(ofType('node-left-out').map(({ node, error }) => `${node}: ${error.message}`)).toEqual([
      'c: c is off',
    ]);
    expect(gates()).toEqual([
      'shell go: 2 of 2 commands found on 2 nodes; c left out',
      'on c skipped: not measured: c left out',
    ]);
    expect(ofType('phase-ended').map(({ outcome }) => outcome)).toEqual(['go']);
  });

  it('that were asked for still end it', async () => {
    expect(await go(['a'], { only: ['a'] })).toMatchObject({ exit: 4 });
    expect(made()).toEqual([]);
  });

  it('are left out with --skip-unreachable, which isn’t GO', async () => {
    expect(await go(['c'], { skipUnreachable: true })).toMatchObject({ exit: 4 });
    expect(made().sort()).toEqual(['a', 'b']);
    expect(ofType('phase-ended').map(({ outcome }) => outcome)).toEqual(['partial']);
    expect(ofType('run-ended')[0]).toMatchObject({ exit: 4, errors: [], changes: 2 });
    expect(await go([], { skipUnreachable: true })).toMatchObject({ exit: 0 });
    expect(made()).toEqual(['c']);
  });

  it('end it even with --skip-unreachable if nothing can be done without them', async () => {
    const request = { skipUnreachable: true, indispensable: ['c'] };
    expect(await go(['c'], request)).toMatchObject({ exit: 4 });
    expect([made(), ofType('node-failed').map(({ node }) => node)]).toEqual([[], ['c']]);
    expect(await go(['b'], request)).toMatchObject({ exit: 4 });
    expect(made().sort()).toEqual(['a', 'c']);
  });

  it('are reported when none is left', async () => {
    expect(await go(['a', 'b', 'c'], { skipUnreachable: true })).toMatchObject({ exit: 4 });
    expect(ofType('run-ended')[0]?.errors.map(({ message }) => message)).toEqual([
      'a is off',
      'b is off',
      'c is off',
    ]);
  });

  it('are not waited for if they are only read', async () => {
    const transport = new FolderTransport(folder);
    const slow = {
      close: () => transport.close(),
      connect: (node: (typeof MESH.nodes)[number], signal?: AbortSignal) =>
        node.name === 'c'
          ? new Promise<never>((_resolve, reject) => {
              signal?.addEventListener('abort', () =>
                reject(new BridgeheadError('E_INTERRUPTED', 'interrupted', { node: 'c' })),
              );
            })
          : transport.connect(node, signal),
    };
    const began = performance.now();
    expect(await go([], { only: ['a'], transport: slow })).toMatchObject({ exit: 0 });
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(ofType('node-left-out').map(({ error }) => error.code)).toEqual(['E_SSH_TIMEOUT']);
  });
});
