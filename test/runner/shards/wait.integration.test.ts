import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Inventory } from '../../../src/model/inventory.js';
import type { Playbook } from '../../../src/playbook/types.js';
import type { RunEvent, StampedEvent } from '../../../src/runner/events/events.js';
import { type RunRequest, run } from '../../../src/runner/run.js';
import { PLAIN_MESH } from '../../fixtures/plain-mesh.js';
import { FolderTransport, LAN } from '../../support/folder-nodes.js';
import { fakeGuard } from '../../support/node-guard.js';

/** Two nodes that are peers, so that each shard reads the other's. Every machine has their interface. */
const PEERS: Inventory = {
  ...LAN,
  nodes: LAN.nodes.map((node, index) => ({ ...node, publicAddresses: [`198.51.100.${index + 1}`] })),
  networks: [
    {
      ...PLAIN_MESH,
      name: 'mesh',
      interface: 'lo',
      ranges: ['10.9.0.0/24'],
      port: 51820,
      mtu: 1420,
      keepalive: 25,
      members: [
        { node: 'a', addresses: ['10.9.0.1'] },
        { node: 'b', addresses: ['10.9.0.2'] },
      ],
    },
  ],
};

type EventOf<T extends RunEvent['type']> = Extract<StampedEvent, { type: T }>;

describe('shards side by side', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-shards-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const path = (name: string): string => join(folder, name);

  const playbook = (): Playbook => ({
    file: path('demo.yaml'),
    name: 'demo',
    phases: ['one', 'two'].map((name) => ({
      name,
      steps: [
        {
          id: `${name}.1`,
          kind: 'script',
          name,
          on: ['all'],
          params: {
            check: `test -e ${path(name)}.$BRIDGEHEAD_NODE`,
            run: `echo x >>${path(name)}.$BRIDGEHEAD_NODE`,
          },
        },
      ],
      gates: [
        { id: `${name}.gate-1`, kind: 'commands', name: 'shell', on: ['all'], params: { names: ['sh'] } },
      ],
    })),
  });

  /** One shard's run; `there` lists the files that existed when one of its gates was reported. */
  const shard = async (
    index: number,
    over: Partial<RunRequest> = {},
    onEvent?: (event: RunEvent) => void,
  ) => {
    const events: StampedEvent[] = [];
    const there: string[][] = [];
    const { exit } = await run({
      command: 'apply',
      run: `20260101-00000${index}-abcdef`,
      inventory: PEERS,
      playbook: playbook(),
      phases: [],
      only: [],
      shard: { index, of: 2 },
      transport: new FolderTransport(folder),
      nodeGuard: fakeGuard,
      emit: (event) => {
        events.push(event);
        onEvent?.(event);
        if (event.type === 'gate-ended')
          there.push(['one.a', 'one.b', 'two.a', 'two.b'].filter((name) => existsSync(path(name))));
      },
      signal: new AbortController().signal,
      concurrency: 4,
      ...over,
    });
    const ofType = <T extends RunEvent['type']>(type: T): EventOf<T>[] =>
      events.filter((event): event is EventOf<T> => event.type === type);
    return { exit, there, ofType };
  };

  /** The second begins when the first waits for it. */
  const firstThenSecond = () => {
    let goOn = (): void => {};
    const waits = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const firstWaits = shard(1, {}, ({ type }) => type === 'shard-waiting' && goOn());
    return Promise.all([firstWaits, waits.then(() => shard(2))]);
  };

  it('each changes its own nodes, and judges a phase only when all have it', async () => {
    const [first, second] = await firstThenSecond();
    expect([first.exit, second.exit]).toEqual([0, 0]);
    expect(first.ofType('change-done').map(({ phase, node }) => `${phase} ${node}`)).toEqual([
      'one a',
      'two a',
    ]);
    expect(second.ofType('change-done').map(({ phase, node }) => `${phase} ${node}`)).toEqual([
      'one b',
      'two b',
    ]);
    expect(first.ofType('shard-waiting')[0]).toMatchObject({ phase: 'one', nodes: ['b'], seconds: 600 });
    for (const { there } of [first, second]) {
      expect(there[0]).toEqual(expect.arrayContaining(['one.a', 'one.b']));
      expect(there[1]).toEqual(['one.a', 'one.b', 'two.a', 'two.b']);
    }
    expect(readFileSync(path('one.a'), 'utf8')).toBe('x\n');
    const findings = [first, second].map(({ ofType }) =>
      ofType('gate-ended').map((gate) => gate.findings.map(({ node }) => node)),
    );
    expect(findings).toEqual([
      [['a'], ['a']],
      [['b'], ['b']],
    ]);
  });

  it('ask each node one question when nothing differs, and lock none', async () => {
    const both = await Promise.all([shard(1), shard(2)]);
    expect(both.map(({ ofType }) => ofType('lock-taken').map(({ node }) => node))).toEqual([['a'], ['b']]);
    const transport = new FolderTransport(folder);
    const again = await shard(1, { transport });
    expect(again.exit).toBe(0);
    expect(again.ofType('lock-taken')).toEqual([]);
    expect([...transport.connections.values()].map(({ programs }) => programs.length)).toEqual([1, 1]);
    expect(again.ofType('shard-waiting')).toEqual([]);
  });

  it('one with nothing to change measures what the other leaves, not what was there before', async () => {
    await Promise.all([shard(1), shard(2)]);
    rmSync(path('two.b'));
    const [first, second] = await firstThenSecond();
    expect([first.exit, second.exit]).toEqual([0, 0]);
    expect(first.ofType('shard-waiting')).toHaveLength(1);
    for (const there of first.there) expect(there).toContain('two.b');
  });

  it('one that waits in vain is a STOP, which names the node and what it lacks', async () => {
    const alone = await shard(1, { patience: { others: 1 } });
    expect(alone.exit).toBe(3);
    expect(alone.ofType('phase-ended').map(({ phase, outcome }) => `${phase} ${outcome}`)).toEqual([
      'one stop',
    ]);
    expect(alone.ofType('run-ended')[0]?.errors).toEqual([
      expect.objectContaining({
        code: 'E_SHARD_LATE',
        node: 'b',
        message: 'another shard did not finish b within 1 s',
        evidence: expect.stringContaining('one: '),
      }),
    ]);
    expect(existsSync(path('one.b'))).toBe(false);
    expect(existsSync(path('two.a'))).toBe(false);
  });

  it('says which part of which inventory it was about', async () => {
    const [started] = (await shard(2, { command: 'plan' })).ofType('run-started');
    expect(started).toMatchObject({ nodes: ['b'], shard: { index: 2, of: 2, total: 2 } });
    const elsewhere = { ...PEERS, file: '/elsewhere.yaml' };
    const [other] = (await shard(1, { command: 'plan', inventory: elsewhere })).ofType('run-started');
    expect(other?.inventory.digest).toBe(started?.inventory.digest);
    const changed = { ...PEERS, networks: PEERS.networks.map((network) => ({ ...network, port: 51821 })) };
    const [third] = (await shard(1, { command: 'plan', inventory: changed })).ofType('run-started');
    expect(third?.inventory.digest).not.toBe(started?.inventory.digest);
  });
});

it('preshared keys of pairs in different shards are refused before anything is touched', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bridgehead-shards-'));
  try {
    const inventory = {
      ...PEERS,
      networks: PEERS.networks.map((network) => ({ ...network, presharedKeys: true })),
    };
    const step = { id: 'keys.1', kind: 'preshared-keys', name: 'keys', on: ['all'], params: {} };
    const events: StampedEvent[] = [];
    const transport = new FolderTransport(folder);
    const { exit } = await run({
      command: 'apply',
      run: '20260101-000000-abcdef',
      inventory,
      playbook: { file: 'demo.yaml', name: 'demo', phases: [{ name: 'keys', steps: [step], gates: [] }] },
      phases: [],
      only: [],
      shard: { index: 1, of: 2 },
      transport,
      nodeGuard: fakeGuard,
      emit: (event) => events.push(event),
      signal: new AbortController().signal,
      concurrency: 4,
    });
    expect(exit).toBe(2);
    expect(events.at(-1)).toMatchObject({ errors: [{ code: 'E_USAGE', evidence: 'a, b' }] });
    expect(events.some(({ type }) => type === 'change-started')).toBe(false);
    expect(transport.isLocked('a')).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
