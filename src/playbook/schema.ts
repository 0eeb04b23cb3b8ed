import { isName } from '../document/schema/shape.js';
import { GATE_KINDS, STEP_KINDS } from '../layers/index.js';
import { LAYERS } from '../layers/table.js';

const WORDS = LAYERS.flatMap(({ selectors = [] }) => selectors).map(
  ({ word, meaning }) => `${word} (${meaning})`,
);

const targets = {
  name: { type: 'string', minLength: 1, maxLength: 100, description: 'Shown in the task tree.' },
  on: {
    description: `Where: all (the default), a node, role:NAME, site:NAME, ${WORDS.join(', ')}, or a list of these.`,
    anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1 }],
  },
  optional: {
    type: 'boolean',
    description: 'Whether `on` may select no node; otherwise that is an error.',
  },
};

/** `ping:` with nothing after it means no parameters, if none is required. */
function nullable(schema: object): object {
  const { required = [] } = schema as { readonly required?: readonly string[] };
  return required.length > 0 ? schema : { ...schema, type: ['object', 'null'] };
}

function itemSchema(kinds: ReadonlyMap<string, { readonly schema: object }>, extra: object): object {
  const properties = Object.fromEntries([...kinds].map(([kind, { schema }]) => [kind, nullable(schema)]));
  return { type: 'object', additionalProperties: false, properties: { ...targets, ...extra, ...properties } };
}

let composed: object | undefined;

/** JSON Schema of a playbook, put together from the tables of steps and gates; schemas/ holds a copy for editors. */
export function playbookSchema(): object {
  composed ??= compose();
  return composed;
}

function compose(): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://bridgehead.dev/schemas/playbook.schema.json',
    title: 'Bridgehead playbook',
    type: 'object',
    additionalProperties: false,
    required: ['name', 'phases'],
    properties: {
      name: isName,
      description: { type: 'string' },
      phases: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['name'],
          properties: {
            name: isName,
            description: { type: 'string' },
            deep: {
              type: 'boolean',
              description:
                'Whether its gates, which take minutes, are measured only with --deep, by a rehearsal, or when --phase names it.',
            },
            steps: {
              type: 'array',
              items: itemSchema(STEP_KINDS, {
                when: {
                  type: 'string',
                  minLength: 1,
                  description: 'A shell test, run on the node; if it fails, the step is skipped there.',
                },
                guard: {
                  type: 'boolean',
                  description:
                    'Whether its changes are guarded: reverted when SSH is cut. Default: depends on what each change touches.',
                },
              }),
            },
            gates: { type: 'array', items: itemSchema(GATE_KINDS, {}) },
          },
        },
      },
    },
  };
}
