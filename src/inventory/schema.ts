import type { InventorySchema } from '../layers/layer.js';
import { LAYERS } from '../layers/table.js';
import { BASE_SCHEMA, LAB_SCHEMA } from './base-schema.js';

const parts = (part: keyof InventorySchema): Readonly<Record<string, object>> =>
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
    properties: { ...parts('top'), lab: LAB_SCHEMA },
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
