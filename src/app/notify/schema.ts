import { TROUBLES } from '../../render/report/notification/events.js';

/** What a notification can be wanted of; `always` is every run that comes to an end. */
const OCCASIONS = [...TROUBLES, 'always'] as const;
export type Occasion = (typeof OCCASIONS)[number];

const FROM = {
  env: {
    description: 'Environment variable that has it.',
    type: 'string',
    'x-secret': true,
    pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
    'x-message': 'write the name of an environment variable, such as WEBHOOK_SECRET',
  },
  file: {
    description: "File (mode 0600) that has it on its first line; relative to this file's folder.",
    type: 'string',
    minLength: 1,
  },
};
const FROM_WORDS = 'write { env: NAME } or { file: PATH }';

/** Where a secret is: exactly one of the two. */
const from = { properties: FROM, additionalProperties: false, minProperties: 1, maxProperties: 1 };

/** The schema of a file for `--notify`. */
export function notifySchema(): object {
  made ??= schema();
  return made;
}

let made: object | undefined;

function schema(): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://bridgehead.dev/schemas/notify.schema.json',
    title: 'Who is notified of a run: bridgehead --notify FILE',
    type: 'object',
    additionalProperties: false,
    required: ['notify'],
    properties: {
      notify: {
        description: 'Whom to notify: each entry is a webhook or a command.',
        type: 'array',
        minItems: 1,
        maxItems: 20,
        'x-message': 'name at least one webhook or command, and at most 20',
        examples: [[{ webhook: 'https://hooks.example.com/network' }]],
        items: {
          type: 'object',
          additionalProperties: false,
          'x-main': 'webhook',
          properties: {
            webhook: {
              description:
                'Address that the summary of the run is posted to, as JSON; or where that address is.',
              type: ['string', 'object'],
              'x-message': `write an address such as https://hooks.example.com/network, or ${FROM_WORDS}`,
              ...from,
            },
            secret: {
              description: "Where the secret is that signs the webhook's requests.",
              type: 'object',
              'x-secret': true,
              'x-message': FROM_WORDS,
              ...from,
            },
            command: {
              description: 'Program and its arguments; it gets the summary as JSON on standard input.',
              type: 'array',
              minItems: 1,
              items: { type: 'string', minLength: 1 },
              'x-message':
                'write the program and its arguments as a list, such as [/usr/local/bin/page, --urgent]',
            },
            on: {
              description: 'What to notify of. Default: drift, stop and failure.',
              type: 'array',
              minItems: 1,
              uniqueItems: true,
              items: { enum: OCCASIONS },
              'x-message': `a list of ${OCCASIONS.join(', ')}`,
            },
          },
        },
      },
    },
  };
}
