import { count } from '../../../src/core/text.js';
import type { GateKind } from '../../../src/layers/gate.js';
import { gateKinds, type Layer, stepKinds } from '../../../src/layers/layer.js';
import { conclude } from '../../../src/layers/shared/verdict.js';
import type { StepKind } from '../../../src/layers/step.js';
import { outsideAddresses } from '../../../src/model/atlas.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { quote } from '../../../src/remote/quote.js';
import { fromLines, only } from '../../../src/remote/reply-lines.js';

/** A node lights a beacon: a file with a colour in it. */
interface Beacon {
  readonly node: string;
  readonly colour: string;
}

declare module '../../../src/model/inventory.js' {
  interface LayerValues {
    /** Every inventory that is loaded has them; those that other tests write by hand don't. */
    readonly beacons?: readonly Beacon[];
  }
}

interface Params {
  readonly folder: string;
}

const COLOURS = ['red', 'green'];
const beaconsOf = ({ beacons = [] }: Inventory): readonly Beacon[] => beacons;
const beaconOf = (inventory: Inventory, node: string): Beacon | undefined =>
  beaconsOf(inventory).find((beacon) => beacon.node === node);
const fileOf = ({ folder }: Params, node: string): string => quote(`${folder}/beacon-${node}`);

const params = {
  type: 'object',
  additionalProperties: false,
  required: ['folder'],
  properties: { folder: { type: 'string' } },
};

const step: StepKind<Params, string> = {
  kind: 'beacon',
  schema: params,
  probe: ({ params, node }) => ({
    script: `cat ${fileOf(params, node.name)} 2>/dev/null || true`,
    parse: ({ stdout }) => stdout.trim(),
  }),
  plan: ({ params, node, inventory }, seen) => {
    const wanted = beaconOf(inventory, node.name)?.colour ?? '';
    if (seen === wanted) return [];
    const script = `echo ${quote(wanted)} >${fileOf(params, node.name)}`;
    return [{ summary: `light it ${wanted}`, disruption: { level: 'none' }, script }];
  },
};

const gate: GateKind<Params, string> = {
  kind: 'beacon-seen',
  schema: params,
  patience: 0,
  probe: ({ params }, node) => ({
    script: `echo colour $(cat ${fileOf(params, node.name)})\necho end`,
    parse: fromLines((lines) => only(lines, 'colour')[0] ?? ''),
  }),
  verdict: (context, readings) => {
    const findings = [...readings.seen].map(([node, seen]) => {
      const expected = beaconOf(context.inventory, node)?.colour ?? '';
      return { go: seen === expected, node, expected, seen, fix: 'light it' };
    });
    return conclude(readings, findings, (go, all) => `${go} of ${count(all, 'beacon')} lit`);
  },
};

export const beacons: Layer = {
  name: 'beacons',
  schema: {
    top: { beacons: { type: 'object', additionalProperties: { type: 'string', examples: ['red'] } } },
  },
  resolve: (work) => {
    const raw = (work.raw as { readonly beacons?: Readonly<Record<string, string>> }).beacons ?? {};
    return {
      beacons: Object.entries(raw).flatMap(([node, colour]) =>
        work.refer(['beacons', node], node, 'node', 'key') ? [{ node, colour }] : [],
      ),
    };
  },
  lintParts: (inventory) =>
    beaconsOf(inventory)
      .filter(({ colour }) => !COLOURS.includes(colour))
      .map(({ node, colour }) => ({
        severity: 'error',
        path: ['beacons', node],
        message: `no beacon is ${colour}`,
        fix: `choose ${COLOURS.join(' or ')}`,
      })),
  selectors: [
    {
      word: 'lit',
      meaning: 'the nodes with a beacon',
      selects: (inventory, node) => beaconOf(inventory, node) !== undefined,
      nobody: 'the inventory has no beacons',
    },
  ],
  values: ({ inventory, node }) => new Map([['beacon.colour', beaconOf(inventory, node.name)?.colour]]),
  steps: stepKinds(step),
  gates: gateKinds(gate),
  lab: (inventory) => ({
    names: beaconsOf(inventory).map(({ node }) => ({
      name: `${node}.beacons.example`,
      addresses: outsideAddresses(inventory, node) ?? [],
    })),
  }),
  describe: (inventory) => {
    const all = beaconsOf(inventory);
    return {
      sections: [{ title: 'beacons', rows: all.map(({ node, colour }) => [node, colour]) }],
      json: { beacons: all },
      count: count(all.length, 'beacon'),
    };
  },
};
