import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { BridgeheadError, InputError } from '../../src/core/errors.js';
import { parseYaml } from '../../src/document/index.js';
import { resolveDocument } from '../../src/inventory/index.js';
import { RunSecrets } from '../../src/layers/pair-secrets.js';
import { publicKeyFact } from '../../src/layers/wireguard/facts.js';
import type { Inventory } from '../../src/model/inventory.js';
import { loadPlaybook } from '../../src/playbook/index.js';
import { buildProgram } from '../../src/remote/program.js';
import { gateFragments } from '../../src/runner/gates/question.js';
import { PATIENCE } from '../../src/runner/patience.js';
import { probeOf } from '../../src/runner/plan/node-probe.js';
import { layOutPlaybook, type PhaseWork } from '../../src/runner/plan/work.js';
import { buildRound } from '../../src/runner/round/build-round.js';
import { NODE_GUARD } from '../../src/runner/round/node-guard.js';
import { askedGate, verdictOn } from '../support/verdict-on.js';

const schema = JSON.parse(readFileSync('schemas/inventory.schema.json', 'utf8'));
/** fast-check makes nothing of what a pattern looks ahead for, so that is left to the filter. */
const like = (pattern: string) =>
  fc
    .stringMatching(new RegExp(pattern.replaceAll(/\(\?![^)]*\)/g, '')), { maxLength: 20 })
    .filter((text) => new RegExp(pattern).test(text));
const NAME = like(schema.definitions.name.pattern);
const INTERFACE = like(schema.definitions.network.properties.interface.pattern);
const USER = like(schema.definitions.sshUser.pattern);
const HOST = like(schema.definitions.node.properties.ssh.properties.host.pattern);

interface Names {
  readonly inventory: string;
  readonly sites: readonly string[];
  readonly nodes: readonly string[];
  readonly network: string;
  readonly client: string;
  readonly roles: readonly string[];
  readonly interface: string;
  readonly user: string;
  readonly host: string;
}

const names: fc.Arbitrary<Names> = fc.record({
  inventory: NAME,
  sites: fc.uniqueArray(NAME, { minLength: 1, maxLength: 1 }),
  nodes: fc.uniqueArray(NAME, { minLength: 3, maxLength: 3 }),
  network: NAME,
  client: NAME,
  roles: fc.array(NAME, { minLength: 3, maxLength: 3 }),
  interface: INTERFACE,
  user: USER,
  host: HOST,
});

function textOf(
  { sites: [site], nodes: [a = '', b = '', c = ''], ...is }: Names,
  shape: 'mesh' | 'hub',
): string {
  const hub = {
    shape: 'hub',
    hub: a,
    internet: true,
    clients: { [is.client]: { address: '10.8.0.9', tunnel: 'full' } },
  };
  return JSON.stringify({
    name: is.inventory,
    sites: {
      [site ?? '']: {
        subnet: '192.168.1.0/24',
        public: '203.0.113.8',
        forwards: [
          { port: 51820, node: b },
          { port: 51821, node: c, nodePort: 51820 },
        ],
      },
    },
    nodes: {
      [a]: {
        role: is.roles[0],
        public: ['198.51.100.8', '2001:db8::8'],
        ssh: { user: is.user, host: is.host },
      },
      [b]: { role: is.roles[1], site, lan: '192.168.1.3' },
      [c]: { role: is.roles[2], site, lan: '192.168.1.4' },
    },
    networks: {
      [is.network]: {
        interface: is.interface,
        presharedKeys: true,
        range: ['10.8.0.0/24', 'fd08::/64'],
        addresses: {
          [a]: ['10.8.0.1', 'fd08::1'],
          [b]: ['10.8.0.2', 'fd08::2'],
          [c]: ['10.8.0.3', 'fd08::3'],
        },
        advertise: { [b]: { subnets: '192.168.1.0/24' } },
        ...(shape === 'hub' && hub),
      },
    },
  });
}

/** Undefined if the inventory is refused in words, which is right for some names. */
function accepted(text: string): Inventory | undefined {
  try {
    return resolveDocument(parseYaml('i.yaml', text)).inventory;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

const playbooks = {
  mesh: await loadPlaybook('playbooks/mesh.yaml'),
  hub: await loadPlaybook('playbooks/hub.yaml'),
};
const NONCE = 'abcdef0123456789';
const RUN = {
  run: '20261128T214606Z-abcdef',
  guard: { enabled: true, seconds: 90 },
  nodeGuard: NODE_GUARD,
  again: 'the command again',
  patience: PATIENCE,
};

/** What a step sees in an empty answer; undefined if it can't be read. */
function readOf({ kind, context }: PhaseWork['steps'][number]): unknown {
  try {
    return kind.probe(context).parse({ id: 'x', code: 0, stdout: '', stderr: '' });
  } catch (error) {
    if (error instanceof BridgeheadError && error.code === 'E_REMOTE_GARBLED') return undefined;
    throw error;
  }
}

const KEY = Buffer.alloc(32, 7).toString('base64');
/** What nodes know of each other: nothing, or their public keys. */
const KNOWN = [
  { get: () => undefined },
  { get: (_: string, key: string) => (key.startsWith(publicKeyFact('')) ? KEY : undefined) },
];

/** Everything that a run would send to the nodes, and every plan and verdict that it would make of empty answers. */
function goThrough(inventory: Inventory, shape: 'mesh' | 'hub'): void {
  const phases = layOutPlaybook(inventory, playbooks[shape], new RunSecrets());
  for (const node of inventory.nodes) {
    for (const { steps, gates } of phases) {
      const own = steps.filter((work) => work.node.name === node.name);
      const { fragments } = probeOf(own);
      const seen = own.map((work) => ({ work, saw: readOf(work) }));
      for (const facts of KNOWN) {
        const asked = gates
          .filter(({ nodes }) => nodes.includes(node))
          .map(({ gate, kind, networks, nodes }) => ({
            id: gate.id,
            kind,
            context: {
              params: gate.params,
              inventory,
              networks,
              measured: nodes.map((one) => one.name),
              patience: 1,
              token: 'Token1',
              facts,
            },
          }));
        const probes = asked.map(({ id, kind, context }) => askedGate(kind, context, node.name, id));
        buildProgram([...fragments, ...gateFragments(probes, { token: 'Token1' })], NONCE);
        for (const { kind, context } of asked) verdictOn(kind, context, new Map());
        const planned = seen.flatMap(({ work, saw }) => {
          const changes = saw === undefined ? [] : work.kind.plan(work.context, saw, facts);
          return changes.length === 0 ? [] : [{ work, changes }];
        });
        if (planned.length === 0) continue;
        const round = buildRound(RUN, { node: node.name, planned, number: 1, reread: [] });
        buildProgram(round.fragments, NONCE);
      }
    }
  }
}

describe('any names that the schema allows', () => {
  it.each(['mesh', 'hub'] as const)(
    'go through all steps and gates of %s, or are refused in words',
    (shape) => {
      let through = 0;
      fc.assert(
        fc.property(names, (drawn) => {
          const inventory = accepted(textOf(drawn, shape));
          if (inventory === undefined) return;
          through += 1;
          goThrough(inventory, shape);
        }),
        { numRuns: 40 },
      );
      expect(through).toBeGreaterThan(20);
    },
  );
});
