import type { InventorySchema } from '../layers/layer.js';
import { NETWORK_KIND } from '../layers/shared/network-kind.js';
import { LAYERS } from '../layers/table.js';
import { BASE_SCHEMA } from './base-schema.js';
import { LAB_SCHEMA } from './lab-schema.js';

const parts = (part: keyof Omit<InventorySchema, 'networkKinds'>): Readonly<Record<string, object>> =>
  Object.assign({}, BASE_SCHEMA[part], ...LAYERS.map(({ schema }) => schema?.[part]));

let composed: object | undefined;

/** JSON Schema of an inventory, put together from the layers; schemas/ holds a copy for editors. */
export function inventorySchema(): object {
  composed ??= compose();
  return composed;
}

function compose(): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://bridgehead.dev/schemas/inventory.schema.json',
    title: 'Bridgehead inventory',
    description: 'Machines, their LANs, and the WireGuard networks that connect them.',
    type: 'object',
    additionalProperties: false,
    required: ['name', 'nodes'],
    properties: { ...parts('top'), networks: networksSchema(), lab: LAB_SCHEMA },
    definitions: {
      ...parts('definitions'),
      node: {
        description: 'A machine reached over SSH.',
        type: 'object',
        additionalProperties: false,
        'x-main': 'public',
        'x-message': 'such as { public: 198.51.100.25 }',
        properties: parts('node'),
      },
      site: {
        description: 'A LAN that contains nodes.',
        type: 'object',
        additionalProperties: false,
        required: ['subnet'],
        'x-main': 'subnet',
        'x-message': 'such as { subnet: 192.168.15.0/24 }',
        properties: parts('site'),
      },
    },
  };
}

type Branch = Readonly<Record<'condition' | 'matched' | 'otherwise', object>>;

const branch = ({ condition, matched, otherwise }: Branch): object => ({
  if: condition,
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  then: matched,
  else: otherwise,
});

/** `networks:`, each entry by what its `kind` says. A wrong kind is all that is reported of an entry. */
function networksSchema(): object {
  const kinds = LAYERS.flatMap(({ schema }) => Object.entries(schema?.networkKinds ?? {}));
  const saying = (kind: object): object => ({ type: 'object', required: ['kind'], properties: { kind } });
  const definition = (kind: string): object => ({ $ref: `#/definitions/${Object.fromEntries(kinds)[kind]}` });
  const known = { enum: kinds.map(([kind]) => kind) };
  const usual = branch({
    condition: saying({ not: known }),
    matched: { type: 'object', properties: { kind: known } },
    otherwise: definition(NETWORK_KIND.default),
  });
  const others = kinds.map(([kind]) => kind).filter((kind) => kind !== NETWORK_KIND.default);
  return {
    description: 'Private networks, by name.',
    type: 'object',
    propertyNames: { $ref: '#/definitions/name' },
    additionalProperties: others.reduce(
      (otherwise, kind) =>
        branch({ condition: saying({ const: kind }), matched: definition(kind), otherwise }),
      usual,
    ),
  };
}
