import { oneOrMore } from '../../../document/schema/shape.js';
import type { InventorySchema } from '../../layer.js';
import { NETWORK_KIND } from '../../shared/network-kind.js';

/** A WireGuard network of `networks:`, with what its members advertise and its clients. */
export const networksSchema: InventorySchema = {
  networkKinds: { wireguard: 'network' },
  definitions: {
    network: {
      description: 'One WireGuard overlay.',
      type: 'object',
      additionalProperties: false,
      required: ['range', 'addresses'],
      'x-main': 'range',
      'x-message': 'such as { range: 172.27.15.0/24, addresses: { edge-1: 172.27.15.31 } }',
      properties: {
        kind: NETWORK_KIND,
        interface: {
          description: 'Name of the interface on every member.',
          type: 'string',
          default: 'wg0',
          pattern: '^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,14}$',
          'x-message':
            'an interface name has 1 to 15 of: letters, digits, _ . -, and begins with a letter, a digit or _',
          examples: ['wg0'],
        },
        range: {
          description:
            "Range that the members' addresses come from: one, or a list with one per address family.",
          $ref: '#/definitions/ranges',
          examples: ['172.27.15.0/24'],
        },
        shape: {
          description:
            'mesh: every member is a peer of every other. hub: spokes and clients connect to a hub, and reach everything through it.',
          enum: ['mesh', 'hub'],
          default: 'mesh',
        },
        hub: oneOrMore({
          description:
            'Shape hub: the member that spokes and clients connect to, or a list; the first is the default.',
          message: 'name a member, such as "hub: vps"',
          example: 'vps',
        }),
        hubOf: {
          description: 'With several hubs: which one a spoke or a client connects to.',
          type: 'object',
          'x-message': 'such as { phone: vps-2 }',
          additionalProperties: { type: 'string' },
          examples: [{ phone: 'vps-2' }],
        },
        port: {
          description: 'UDP port that every member listens on.',
          type: 'integer',
          minimum: 1,
          maximum: 65535,
          default: 51820,
        },
        mtu: {
          description: 'Bytes. 1420 fits a path MTU of 1500; lower it for a smaller one.',
          type: 'integer',
          minimum: 576,
          maximum: 9000,
          default: 1420,
        },
        keepalive: {
          description: "Seconds between keepalives, sent only from behind NAT toward a peer that isn't.",
          type: 'integer',
          minimum: 1,
          maximum: 65535,
          default: 25,
        },
        relay: {
          description: "Member that forwards between pairs that can't connect directly.",
          type: 'string',
          examples: ['edge-1'],
        },
        addresses: {
          description:
            'The members and their overlay addresses: one each, or a list with one of each family.',
          type: 'object',
          minProperties: 1,
          'x-message': 'name the members, such as { edge-1: 172.27.15.31, wk-1: 172.27.15.11 }',
          additionalProperties: { $ref: '#/definitions/addresses' },
          examples: [{ 'edge-1': '172.27.15.31' }],
        },
        advertise: {
          description: 'LANs that members forward packets to, by the member that is their gateway.',
          type: 'object',
          'x-message': 'such as { home-1: { subnets: 192.168.1.0/24 } }',
          additionalProperties: { $ref: '#/definitions/advertised' },
          examples: [{ 'home-1': { subnets: '192.168.1.0/24' } }],
        },
        internet: {
          description: 'Whether hubs forward clients to the internet, behind their own address.',
          type: 'boolean',
          default: false,
        },
        presharedKeys: {
          description:
            'Whether each pair of peers has its own preshared key, in addition to their key pairs.',
          type: 'boolean',
          default: false,
        },
        clients: {
          description: 'Phones and laptops without SSH, by name; shape hub only.',
          type: 'object',
          'x-message': 'such as { phone: { address: 10.8.0.2 } }',
          propertyNames: { $ref: '#/definitions/name' },
          additionalProperties: { $ref: '#/definitions/client' },
          examples: [{ phone: { address: '10.8.0.2' } }],
        },
        unmanaged: {
          description:
            'Peers that Bridgehead neither logs in to nor makes a configuration for, by name: kept on their members as they are.',
          type: 'object',
          'x-message': 'such as { office: { on: vps, publicKey: "…=", allowedIps: 10.8.0.9/32 } }',
          propertyNames: { $ref: '#/definitions/name' },
          additionalProperties: { $ref: '#/definitions/unmanaged' },
        },
      },
    },
    unmanaged: {
      description: 'A peer that is kept as it is.',
      type: 'object',
      additionalProperties: false,
      required: ['on', 'publicKey', 'allowedIps'],
      'x-message': 'such as { on: vps, publicKey: "…=", allowedIps: 10.8.0.9/32 }',
      properties: {
        on: oneOrMore({
          description: 'The member that has it as a peer, or a list.',
          message: 'name a member, such as "on: vps"',
          example: 'vps',
        }),
        publicKey: { $ref: '#/definitions/publicKey' },
        allowedIps: oneOrMore({
          description: 'What is routed to it: an address or a range, or a list.',
          message: 'such as [10.8.0.9, 192.168.7.0/24]',
          example: '10.8.0.9',
        }),
        endpoint: {
          description:
            'Where its members connect to it: an address or a name, and a port. Without it, it connects to them.',
          type: 'string',
          pattern: '^(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9.-]+):[0-9]{1,5}$',
          'x-message': 'write host:port, such as vpn.example.com:51820 or [2001:db8::1]:51820',
          examples: ['vpn.example.com:51820'],
        },
        keepalive: {
          description: 'Seconds between keepalives to it; none if left out.',
          type: 'integer',
          minimum: 1,
          maximum: 65535,
        },
        presharedKey: {
          description: 'Whether it has a preshared key; its members keep that in /etc/wireguard/psk.',
          type: 'boolean',
          default: false,
        },
      },
    },
    publicKey: {
      description: 'A WireGuard public key.',
      type: 'string',
      pattern: '^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$',
      'x-message': 'a WireGuard public key has 44 characters and ends in "="',
      examples: ['jJ5cTe0KmMrGmTbo9AXVBqcVfXPVnuXHGpBc1d2bCSM='],
    },
    advertised: {
      description: 'LANs behind one gateway.',
      type: 'object',
      additionalProperties: false,
      required: ['subnets'],
      'x-main': 'subnets',
      'x-message': 'such as { subnets: 192.168.1.0/24 }',
      properties: {
        subnets: {
          description: 'Ranges that others reach through this member: one, or a list.',
          $ref: '#/definitions/ranges',
          examples: ['192.168.1.0/24'],
        },
        nat: {
          description:
            "masquerade: the LAN sees the gateway's own address. none: the LAN's router has a route to the overlay via the gateway.",
          enum: ['masquerade', 'none'],
          default: 'masquerade',
        },
      },
    },
    client: {
      description: 'A device without SSH, which gets a configuration.',
      type: 'object',
      additionalProperties: false,
      required: ['address'],
      'x-main': 'address',
      'x-message': 'such as { address: 10.8.0.2 }',
      properties: {
        address: {
          description: 'Its overlay address, or one per address family.',
          $ref: '#/definitions/addresses',
          examples: ['10.8.0.2'],
        },
        publicKey: {
          description: 'Written by client add and client rekey. Without it the client cannot connect yet.',
          type: 'string',
          pattern: '^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$',
          'x-message':
            'a WireGuard public key has 44 characters and ends in "="; remove it and run client rekey',
          examples: ['jJ5cTe0KmMrGmTbo9AXVBqcVfXPVnuXHGpBc1d2bCSM='],
        },
        tunnel: {
          description: 'split: overlay and advertised LANs go through the tunnel. full: everything does.',
          enum: ['split', 'full'],
          default: 'split',
        },
        dns: {
          description: 'Name servers that the client uses while the tunnel is up: one address, or a list.',
          $ref: '#/definitions/addresses',
          examples: ['1.1.1.1'],
        },
        reach: {
          description:
            'What the hub lets it reach: all, or a list of overlay, lan (every advertised subnet), internet, nodes and ranges; nodes and ranges also with a single port, home-1:3000 or home-1:53/udp. all: overlay and lan, and with a full tunnel the internet.',
          type: ['string', 'array'],
          minItems: 1,
          default: 'all',
          'x-message': 'such as [lan, home-1:3000, 192.168.1.100/32]',
          items: {
            type: 'string',
            'x-message': 'such as home-1:3000, without a space, or "[fd00::1]:3000", in quotes',
          },
          examples: ['all'],
        },
      },
    },
  },
};
