import { oneOrMore } from '../../../document/schema/shape.js';
import type { InventorySchema } from '../../layer.js';
import { NETWORK_KIND } from '../../shared/network-kind.js';

export const DEFAULT_LOGIN_SERVER = 'https://controlplane.tailscale.com';
export const DEFAULT_PORT = 41641;

const nodes = (description: string, example: object | string) =>
  oneOrMore({ description, message: 'write all, a node, or a list of nodes', example });

/** A network of `networks:` that Tailscale makes. */
export const tailnetSchema: InventorySchema = {
  networkKinds: { tailscale: 'tailnet' },
  definitions: {
    tailnet: {
      description: 'One network made by Tailscale.',
      type: 'object',
      additionalProperties: false,
      required: ['kind', 'authKey'],
      'x-main': 'kind',
      'x-message': 'such as { kind: tailscale, authKey: { env: TS_AUTHKEY } }',
      properties: {
        kind: NETWORK_KIND,
        loginServer: {
          description: "URL of the login server, such as a headscale's. Default: Tailscale's own.",
          type: 'string',
          pattern: '^https?://[A-Za-z0-9.:\\[\\]-]+(/[^\\s?#]*)?$',
          default: DEFAULT_LOGIN_SERVER,
          'x-message': 'write a URL that begins with https://',
          examples: ['https://headscale.example.com'],
        },
        ca: {
          description:
            "File with the certificate of the private authority that signed the login server's; relative paths are relative to this file.",
          type: 'string',
          minLength: 1,
          examples: ['headscale-ca.pem'],
        },
        authKey: {
          description: 'Where the key that a node joins with is kept. It is only read if a node has to join.',
          $ref: '#/definitions/secret',
          examples: [{ env: 'TS_AUTHKEY' }],
        },
        members: {
          ...nodes('The nodes that are in it: all, one, or a list.', 'all'),
          default: 'all',
        },
        advertise: {
          description: 'Ranges that others reach through a member, by the member.',
          type: 'object',
          minProperties: 1,
          'x-message': 'such as { home-1: 192.168.1.0/24 }',
          additionalProperties: { $ref: '#/definitions/ranges' },
          examples: [{ 'home-1': '192.168.1.0/24' }],
        },
        accept: nodes('The members that take the routes which others advertise. Default: none.', 'vps'),
        exitNodes: nodes('The members through which others may reach the internet.', 'vps'),
        exitNode: {
          description: 'The member through which a member reaches the internet, by the latter.',
          type: 'object',
          minProperties: 1,
          'x-message': 'such as { home-1: vps }',
          additionalProperties: { type: 'string', 'x-message': 'name one of the exitNodes' },
          examples: [{ 'home-1': 'vps' }],
        },
        tags: {
          description: "Tags of the members in the tailnet's policy: one, or a list.",
          type: ['string', 'array'],
          minItems: 1,
          pattern: '^tag:[A-Za-z][A-Za-z0-9-]*$',
          'x-message': 'write tag: and a name of letters, digits and hyphens, such as tag:server',
          items: {
            type: 'string',
            pattern: '^tag:[A-Za-z][A-Za-z0-9-]*$',
            'x-message': 'write tag: and a name of letters, digits and hyphens, such as tag:server',
          },
          examples: ['tag:server'],
        },
        acceptDns: {
          description: "Whether the tailnet's name servers replace those of the members in /etc/resolv.conf.",
          type: 'boolean',
          default: false,
        },
        netfilter: {
          description:
            "Tailscale's own rules in the members' firewall. on: they come first, accept all that comes from the tailnet, and drop other packets from 100.64.0.0/10. nodivert: they are made, and nothing is sent to them. off: none.",
          enum: ['on', 'nodivert', 'off'],
          default: 'on',
        },
        port: {
          description: 'UDP port on which members await each other.',
          type: 'integer',
          minimum: 1,
          maximum: 65535,
          default: DEFAULT_PORT,
        },
      },
    },
  },
};
