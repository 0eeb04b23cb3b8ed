import { RunSecrets } from '../../../src/layers/pair-secrets.js';
import type { StepKind } from '../../../src/layers/step.js';
import type { Inventory, Node } from '../../../src/model/inventory.js';
import { NodeErrors } from '../../../src/runner/context.js';
import { makeContext } from '../../../src/runner/make-context.js';
import { Phases, type PhasesRequest } from '../../../src/runner/phases.js';
import { probeOf } from '../../../src/runner/plan/node-probe.js';
import type { StepWork } from '../../../src/runner/plan/work.js';
import { PLAIN_MESH } from '../../fixtures/plain-mesh.js';
import { FolderTransport, LAN } from '../../support/folder-nodes.js';
import { fakeGuard } from '../../support/node-guard.js';

const plain = LAN.nodes[0] as Node;
const NET: Inventory = {
  ...LAN,
  nodes: ['a', 'b', 'c'].map((name) => ({ ...plain, name, ssh: { ...plain.ssh, host: name } })),
  networks: [
    {
      ...{ name: 'wg', interface: 'wg0', ranges: ['10.9.0.0/24'], ...PLAIN_MESH },
      ...{ port: 51820, mtu: 1420, keepalive: 25 },
      members: ['a', 'c'].map((node, index) => ({ node, addresses: [`10.9.0.${index + 1}`] })),
    },
  ],
};

/** What is refused where `a` is to be moved to another port while others are away. */
function refused(
  absent: readonly string[],
  joint: string | undefined,
  { former, ...over }: Partial<PhasesRequest> & { former?: readonly [string, readonly string[]] } = {},
) {
  const context = makeContext({
    run: '20260101-000000-abcdef',
    inventory: NET,
    transport: new FolderTransport('/nowhere'),
    emit: () => undefined,
    signal: new AbortController().signal,
    concurrency: 4,
    chosen: new Set(['a', 'b', 'c']),
    guard: { enabled: true, seconds: 4 },
    nodeGuard: fakeGuard,
  });
  for (const name of absent) context.absent.add(name);
  const kind: StepKind = {
    kind: 'tunnel',
    schema: {},
    probe: () => ({ script: ':', parse: () => undefined }),
    formerAddresses: () => new Map(former === undefined ? [] : [former]),
    plan: () => [
      {
        summary: 'move it',
        disruption: { level: 'none' },
        script: ':',
        ...(joint !== undefined && { joint }),
      },
    ],
  };
  const node = NET.nodes[0] ?? plain;
  const surroundings = { networks: NET.networks, folder: '/', values: new Map(), secrets: new RunSecrets() };
  const work: StepWork = {
    phase: 'tunnel',
    step: { id: 'tunnel.step-1', kind: 'tunnel', name: 'tunnel', on: ['all'], params: {} },
    kind,
    node,
    context: { params: {}, node, inventory: NET, ...surroundings },
  };
  const reply = { id: 'probe.tunnel.step-1', code: 0, stdout: '', stderr: '' };
  context.observations.record(probeOf([work]), new Map([[reply.id, reply]]));
  const phases = [{ name: 'tunnel', steps: [work], awaited: [], gates: [] }];
  try {
    new Phases(context, { command: 'apply', ...over }, phases).refuse();
    return [];
  } catch (error) {
    if (error instanceof NodeErrors) return error.errors;
    throw error;
  }
}

describe('a change that all members of a network must follow', () => {
  it('is refused while one of them can not be reached', () => {
    expect(refused(['c'], 'wg')).toEqual([
      expect.objectContaining({
        code: 'E_SSH_UNREACHABLE',
        details: expect.objectContaining({ node: 'c', evidence: 'a: move it' }) as unknown,
      }),
    ]);
  });

  it('is made if the unreachable ones are not concerned, or may wait', () => {
    expect(refused(['b'], 'wg')).toEqual([]);
    expect(refused(['c'], undefined)).toEqual([]);
    expect(refused(['c'], 'wg', { keepChanged: true })).toEqual([]);
    expect(refused([], 'wg')).toEqual([]);
  });
});

describe('a network that is retired', () => {
  it.each([false, true])(
    'is kept while a node that is dialled in it is away; --keep-changed: %s',
    (keepChanged) => {
      expect(refused(['b'], 'old', { former: ['old', ['192.0.2.9', 'b']], keepChanged })).toEqual([
        expect.objectContaining({
          code: 'E_SSH_UNREACHABLE',
          message: 'b is unreachable, and its address b goes away with network old',
          details: expect.objectContaining({ node: 'b', evidence: 'a: move it' }) as unknown,
        }),
      ]);
    },
  );

  it('is retired if the unreachable ones are connected to elsewhere, or is kept', () => {
    expect(refused(['b'], 'old', { former: ['old', ['192.0.2.9']] })).toEqual([]);
    expect(refused(['b'], undefined, { former: ['old', ['b']] })).toEqual([]);
    expect(refused(['b'], 'wg', { former: ['wg', ['b']] })).toEqual([]);
    expect(refused([], 'old', { former: ['old', ['b']] })).toEqual([]);
  });
});
