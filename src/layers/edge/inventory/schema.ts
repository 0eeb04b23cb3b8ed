import { oneOrMore } from '../../../document/schema/shape.js';
import type { InventorySchema } from '../../layer.js';
import { APP_DEFINITIONS } from './app-schema.js';

/** A letter of what is written into a configuration of Caddy as it is: there it ends no word and begins no quote or block. */
const WORD = '[^@\\s"\'`{}<>\\\\]';

/** `edges:` and `apps:`. */
export const edgeSchema: InventorySchema = {
  top: {
    edges: {
      description: 'Nodes that visitors from the internet connect to, by name, with their reverse proxies.',
      type: 'object',
      'x-message': 'such as { vps: { proxy: traefik, acme: { email: me@example.com } } }',
      additionalProperties: { $ref: '#/definitions/edge' },
      examples: [{ vps: { acme: { email: 'me@example.com' } } }],
    },
    apps: {
      description:
        'What visitors reach through the edges, by name: from the name on the internet to the socket at home.',
      type: 'object',
      propertyNames: { $ref: '#/definitions/name' },
      additionalProperties: { $ref: '#/definitions/app' },
    },
  },
  definitions: {
    edge: {
      description: 'The reverse proxy of a node.',
      type: 'object',
      additionalProperties: false,
      'x-message': 'such as { acme: { email: me@example.com } }',
      properties: {
        proxy: {
          description: 'The program that answers visitors.',
          enum: ['traefik', 'caddy'],
          default: 'traefik',
        },
        acme: { $ref: '#/definitions/acme' },
        trusted: oneOrMore({
          description:
            "Proxies in front of it, such as a CDN's: addresses and ranges whose X-Forwarded-For is believed.",
          message: 'write a range, such as 173.245.48.0/20',
          example: '173.245.48.0/20',
        }),
      },
    },
    acme: {
      description: 'How it gets certificates.',
      type: 'object',
      additionalProperties: false,
      required: ['email'],
      'x-main': 'email',
      'x-message': 'such as { email: me@example.com, challenge: http }',
      properties: {
        email: {
          description: 'Where the authority writes to.',
          type: 'string',
          pattern: `^${WORD}+@${WORD}+\\.${WORD}+$`,
          'x-message': 'write an address for mail, without quotes or braces, such as me@example.com',
          examples: ['me@example.com'],
        },
        challenge: {
          description:
            'How the authority checks that a name leads here: http asks on port 80, tls-alpn on port 443, dns looks for a record, and is the only one for wildcards.',
          enum: ['http', 'tls-alpn', 'dns'],
          default: 'http',
        },
        directory: {
          description:
            "The authority: production and staging are Let's Encrypt's, and staging's certificates are for trying things out; or the URL of another one's directory.",
          type: 'string',
          pattern: `^(production|staging|https://(@|${WORD})+)$`,
          default: 'production',
          'x-message':
            'write production, staging, or a URL that begins with https://, without quotes or braces',
          examples: ['staging'],
        },
        ca: {
          description:
            "File with the certificate of a private authority's own server; relative paths are relative to this file.",
          type: 'string',
          minLength: 1,
          examples: ['authority.pem'],
        },
        dns: { $ref: '#/definitions/acmeDns' },
      },
    },
    acmeDns: {
      description: 'Challenge dns: who serves the zone.',
      type: 'object',
      additionalProperties: false,
      required: ['provider'],
      'x-main': 'provider',
      'x-message': 'such as { provider: hetzner, env: { HETZNER_API_KEY: { env: HETZNER_API_KEY } } }',
      properties: {
        provider: {
          description: "The provider's code in Traefik's list.",
          type: 'string',
          pattern: '^[a-z][a-z0-9-]*$',
          'x-message': "write its code in Traefik's list of providers, such as hetzner",
          examples: ['hetzner'],
        },
        env: {
          description: "What the provider's interface wants to know, by the names of environment variables.",
          type: 'object',
          'x-secret': true,
          'x-message': 'such as { HETZNER_API_KEY: { env: HETZNER_API_KEY } }',
          propertyNames: {
            type: 'string',
            pattern: '^[A-Z][A-Z0-9_]*$',
            'x-message': 'write the name of a variable, in capitals, such as HETZNER_API_KEY',
          },
          additionalProperties: { $ref: '#/definitions/secret' },
          examples: [{ HETZNER_API_KEY: { env: 'HETZNER_API_KEY' } }],
        },
      },
    },
    ...APP_DEFINITIONS,
  },
};
