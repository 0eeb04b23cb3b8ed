import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BridgeheadError } from '../../../src/core/errors.js';
import type { GateKind, GateProgress } from '../../../src/layers/gate.js';
import { GATE_KINDS } from '../../../src/layers/index.js';
import type { Playbook } from '../../../src/playbook/types.js';
import type { StampedEvent } from '../../../src/runner/events/events.js';
import { type RunRequest, run } from '../../../src/runner/run.js';
import type { Visitor } from '../../../src/visitor/visitor.js';
import { FolderTransport, LAN } from '../../support/folder-nodes.js';
import { fakeGuard } from '../../support/node-guard.js';

/** How often `outside` was called, with the patience that it was given. */
let asked: number[];

type Outside = (visitor: Visitor, progress: GateProgress) => Promise<string>;

const outsideGate = (outside: Outside): GateKind<unknown, string, string> => ({
  kind: 'seen-outside',
  schema: {},
  patience: 20,
  probe: (_context, { name }) => ({ script: `echo ${name}`, parse: ({ stdout }) => stdout.trim() }),
  outside: ({ patience }, visitor, progress) => {
    asked.push(patience);
    return outside(visitor, progress);
  },
  verdict: (_context, { seen, outside: answer }) => ({
    summary: `outside: ${answer}`,
    findings: [...seen.keys()].map((node) => ({
      go: answer === 'well',
      node,
      expected: 'it is well',
      seen: answer,
    })),
  }),
});

describe('a gate that measures from this machine as well', () => {
  const kinds = GATE_KINDS as Map<string, GateKind>;
  let folder: string;
  let events: StampedEvent[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-outside-'));
    asked = [];
    events = [];
  });
  afterEach(() => {
    kinds.delete('seen-outside');
    rmSync(folder, { recursive: true });
  });

  const made = (): string => join(folder, 'made');
  const go = async (outside: Outside, over: Partial<RunRequest> = {}): Promise<number> => {
    kinds.set('seen-outside', outsideGate(outside) as GateKind);
    const gates = [{ id: 'one.gate', kind: 'seen-outside', name: 'outside', on: ['all'], params: {} }];
    const params = { check: `test -e ${made()}`, run: `touch ${made()}` };
    const steps = [{ id: 'one.step', kind: 'script', name: 'make', on: ['a'], params }];
    const { exit } = await run({
      command: 'apply',
      run: '20260101-000000-abcdef',
      inventory: LAN,
      playbook: {
        file: join(folder, 'p.yaml'),
        name: 'p',
        phases: [{ name: 'one', steps, gates }],
      } as Playbook,
      transport: new FolderTransport(folder),
      nodeGuard: fakeGuard,
      phases: [],
      only: [],
      emit: (event) => events.push(event),
      signal: new AbortController().signal,
      concurrency: 4,
      ...over,
    });
    return exit;
  };
  const findings = () => events.flatMap((event) => (event.type === 'gate-ended' ? event.findings : []));

  it('has its measurement in the verdict, with all patience after a change, and a little where nothing changes', async () => {
    expect(await go(() => Promise.resolve('well'))).toBe(0);
    expect(findings().map(({ node, seen }) => `${node} ${seen}`)).toEqual(['a well', 'b well']);
    expect(asked).toEqual([2, 20]);
    asked = [];
    expect(await go(() => Promise.resolve('well'))).toBe(0);
    expect(asked).toEqual([2]);
    asked = [];
    expect(await go(() => Promise.resolve('unwell'), { command: 'check' })).toBe(3);
    expect(asked).toEqual([2, 3]);
  });

  it('is not waited for in the first look at a phase that has something to change', async () => {
    const given: unknown[] = [];
    const endless = ({ signal }: Visitor) =>
      new Promise<string>((_, reject) => {
        signal.addEventListener('abort', () => {
          given.push(signal.reason);
          reject(signal.reason);
        });
      });
    expect(await go((visitor) => (asked.length === 1 ? endless(visitor) : Promise.resolve('well')))).toBe(0);
    expect(asked).toEqual([2, 20]);
    expect(given).toEqual([new Error('not worth measuring')]);
  });

  it('measures while the nodes are asked', async () => {
    const both = join(folder, 'both');
    const exit = await go(
      async () => {
        for (let left = 40; left > 0 && !existsSync(`${both}-a`); left -= 1) {
          await new Promise((settle) => setTimeout(settle, 50));
        }
        return existsSync(`${both}-a`) ? 'well' : 'the node was not asked meanwhile';
      },
      {
        command: 'check',
        transport: new FolderTransport(folder, { ran: (node) => writeFileSync(`${both}-${node}`, '') }),
      },
    );
    expect(exit).toBe(0);
  });

  it('says how far it is if it takes long', async () => {
    const exit = await go(
      async (_visitor, progress) => {
        progress(0, 70);
        progress(10, 70);
        return 'well';
      },
      { command: 'check' },
    );
    expect(exit).toBe(0);
    expect(events.filter(({ type }) => type === 'gate-trying')).toMatchObject([
      { phase: 'one', gate: 'one.gate', name: 'outside', done: 0, total: 70 },
      { done: 10, total: 70 },
    ]);
  });

  it('is a STOP with the reason on every node if its measurement fails', async () => {
    expect(await go(() => Promise.reject(new Error('no network here')))).toBe(3);
    expect(findings()).toEqual(
      ['a', 'b'].map((node) =>
        expect.objectContaining({ go: false, node, seen: 'no network here', fix: expect.any(String) }),
      ),
    );
  });

  it('is measured only for the nodes that the run is about', async () => {
    expect(await go(() => Promise.resolve('well'), { command: 'check', only: ['b'] })).toBe(0);
    expect(findings().map(({ node }) => node)).toEqual(['b']);
  });

  it('ends at once if the run is interrupted, also if it does not listen for that', async () => {
    const interruption = new AbortController();
    const signals: AbortSignal[] = [];
    const started = performance.now();
    const exit = await go(
      ({ signal }) => {
        signals.push(signal);
        setTimeout(() => interruption.abort(), 20);
        return new Promise(() => undefined);
      },
      { command: 'check', signal: interruption.signal },
    );
    expect(exit).toBe(130);
    expect(signals[0]?.aborted).toBe(true);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('is given up if a node fails meanwhile', async () => {
    const transport = new FolderTransport(folder, {
      ran: (node) => {
        if (node === 'b' && asked.includes(20))
          throw new BridgeheadError('E_SSH_REFUSED', 'b is gone', { node });
      },
    });
    const signals: AbortSignal[] = [];
    const started = performance.now();
    const exit = await go(
      ({ signal }) => {
        signals.push(signal);
        return asked.includes(20) ? new Promise(() => undefined) : Promise.resolve('well');
      },
      { transport },
    );
    expect(exit).toBe(4);
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it('can be given another visitor than this machine', async () => {
    const visitors: RunRequest['visitors'] = (signal) => ({
      signal,
      resolve: () => Promise.resolve(['well']),
      authorities: () => Promise.resolve([]),
      connect: () => Promise.reject(new Error('not needed')),
      exchange: () => Promise.reject(new Error('not needed')),
    });
    const exit = await go(async (visitor) => (await visitor.resolve('a.example', 4)).join(), { visitors });
    expect(exit).toBe(0);
  });

  describe('as this machine', () => {
    let server: Server;
    beforeEach(() => {
      server = createServer((socket) => socket.end('well'));
    });
    afterEach(() => new Promise((settle) => server.close(settle)));

    it('connects in earnest', async () => {
      await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
      const { port } = server.address() as { port: number };
      const exit = await go(async (visitor) => {
        const socket = await visitor.connect({ address: '127.0.0.1', port }, 2_000);
        return String((await socket.toArray()).join(''));
      });
      expect(exit).toBe(0);
    });
  });
});
