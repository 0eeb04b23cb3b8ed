import { isName, oneOrMore } from '../document/schema/shape.js';
import type { InventorySchema } from '../layers/layer.js';
import { HOST_KEY, NODE_SSH, SSH_DEFAULTS, SSH_DEFINITIONS } from './ssh-schema.js';

/** What every inventory may have, whatever its layers. */
export const BASE_SCHEMA = {
  top: {
    name: {
      description: 'Name of the inventory in reports and in the lab.',
      $ref: '#/definitions/name',
      examples: ['home-mesh'],
    },
    defaults: {
      description: 'Defaults for every node.',
      type: 'object',
      additionalProperties: false,
      properties: {
        ssh: {
          description: "SSH settings of every node that doesn't set its own.",
          type: 'object',
          additionalProperties: false,
          properties: SSH_DEFAULTS,
        },
      },
    },
    sites: {
      description: 'LANs that contain nodes, by name.',
      type: 'object',
      propertyNames: { $ref: '#/definitions/name' },
      additionalProperties: { $ref: '#/definitions/site' },
    },
    nodes: {
      description: 'Machines reached over SSH, by name.',
      type: 'object',
      minProperties: 1,
      'x-message': 'name at least one machine',
      propertyNames: { $ref: '#/definitions/name' },
      additionalProperties: { $ref: '#/definitions/node' },
      examples: [{ 'edge-1': { public: '198.51.100.25' } }],
    },
  },
  node: {
    role: {
      description: 'What the machine is for; playbooks select nodes by role:NAME.',
      $ref: '#/definitions/name',
    },
    site: { description: 'Site of its LAN.', type: 'string', examples: ['home'] },
    public: {
      description: 'Its own addresses that are reachable from the internet: one, or a list.',
      $ref: '#/definitions/addresses',
    },
    lan: { description: "Addresses on its site's LAN: one, or a list.", $ref: '#/definitions/addresses' },
    ssh: NODE_SSH,
    lab: {
      description: 'Settings of this node in the rehearsal lab.',
      type: 'object',
      additionalProperties: false,
      properties: {
        release: {
          description: 'Debian release to boot.',
          enum: ['bookworm', 'trixie'],
          default: 'bookworm',
        },
      },
    },
  },
  site: {
    subnet: {
      description: 'Range of the LAN: one, or a list with one per address family.',
      $ref: '#/definitions/ranges',
      examples: ['192.168.15.0/24'],
    },
    router: {
      description: "The router's address inside the LAN.",
      type: 'string',
      examples: ['192.168.15.1'],
    },
    public: {
      description: "The router's public addresses: one, or a list. Omit it behind a provider's NAT.",
      $ref: '#/definitions/addresses',
    },
    nat: {
      description:
        "Whether nodes are hidden behind the router's address. false: LAN addresses are routed and reached as they are.",
      type: 'boolean',
      default: true,
    },
    forwards: {
      description: "Ports of the router's public address that it forwards to nodes.",
      type: 'array',
      items: { $ref: '#/definitions/forward' },
    },
  },
  definitions: {
    name: { ...isName, examples: ['home-1'] },
    addresses: oneOrMore({
      description: 'One address, or a list with one per address family; without a prefix length.',
      message: 'write an address, such as 192.168.15.2',
      example: '192.168.15.2',
    }),
    ranges: oneOrMore({
      description: 'One range, or a list with one per address family.',
      message: 'write a range, such as 172.27.15.0/24',
      example: '172.27.15.0/24',
    }),
    port: { type: 'integer', minimum: 1, maximum: 65535, examples: [51820] },
    ...SSH_DEFINITIONS,
    secret: {
      description: 'Where a secret is kept: it is never written in this file.',
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      maxProperties: 1,
      'x-secret': true,
      'x-message': 'write { env: NAME }, { file: PATH } or { command: [PROGRAM, ARGUMENT] }',
      properties: {
        env: {
          description: 'Environment variable of the command line.',
          type: 'string',
          'x-secret': true,
          pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
          'x-message': "write a variable's name, without $",
          examples: ['TS_AUTHKEY'],
        },
        file: {
          description:
            'File (mode 0600) with the secret on its first line; ~ is your home, other paths are relative to this file.',
          type: 'string',
          'x-secret': true,
          pattern: '^[^\\u0000-\\u001f\\u007f$-]',
          'x-message': "write a path without variables; ~ is your home; if it begins with '-', write ./-name",
          examples: ['~/.config/bridgehead/key'],
        },
        command: {
          description:
            "Program and arguments that print the secret; they run in this file's folder, without a shell.",
          type: 'array',
          minItems: 1,
          items: { type: 'string' },
          examples: [['sops', '-d', '--extract', '["key"]', 'secrets.yaml']],
        },
      },
    },
    hostKey: HOST_KEY,
    forward: {
      description: "One port of the router's public address, forwarded to a node of the site.",
      type: 'object',
      'x-message': 'such as { port: 51820, node: wk-1, nodePort: 51820 }',
      additionalProperties: false,
      required: ['port', 'node'],
      properties: {
        protocol: { description: 'udp (WireGuard) or tcp (ssh).', enum: ['udp', 'tcp'], default: 'udp' },
        port: {
          description: "Port on the router's public address.",
          $ref: '#/definitions/port',
          examples: [51820],
        },
        node: { description: 'Node of this site to forward to.', type: 'string', examples: ['wk-1'] },
        nodePort: { description: 'Port on the node. Default: the same as port.', $ref: '#/definitions/port' },
      },
    },
  },
} as const satisfies InventorySchema;
