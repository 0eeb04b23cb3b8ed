import { oneOrMore } from '../../../document/schema/shape.js';
import type { InventorySchema } from '../../layer.js';

const FORMS = 'write ssh, 443/tcp, 41641/udp or { port: 8123/tcp, from: lan }';

/** `firewall:` */
export const firewallSchema: InventorySchema = {
  top: {
    firewall: {
      description:
        'Who may reach which ports. A node that a rule names is closed, except for its rules and for what the rest of the inventory needs.',
      type: 'array',
      'x-message': 'such as [{ on: role:edge, allow: [ssh, 443/tcp] }]',
      items: { $ref: '#/definitions/firewallRule' },
    },
  },
  definitions: {
    firewallRule: {
      description: 'Ports of some nodes that may be reached.',
      type: 'object',
      additionalProperties: false,
      required: ['on', 'allow'],
      'x-message': 'such as { on: role:edge, allow: [ssh, 443/tcp] }',
      properties: {
        on: oneOrMore({
          description: 'Which nodes, as in a playbook: all, a node, role:NAME, site:NAME, … or a list.',
          message: 'name a node, role:NAME or site:NAME, such as "on: role:edge"',
          example: 'role:edge',
        }),
        allow: {
          description:
            'Ports: ssh, 443/tcp, 60000-61000/udp, or { port, from }. Empty: only what is derived.',
          type: 'array',
          items: { $ref: '#/definitions/allowed' },
          examples: [['ssh', '443/tcp']],
        },
      },
    },
    allowed: {
      description: 'A port that may be reached, and by whom.',
      type: ['string', 'object'],
      additionalProperties: false,
      required: ['port'],
      'x-message': FORMS,
      properties: {
        port: {
          description: 'ssh, or a port or a range of ports with its protocol.',
          type: 'string',
          'x-message': 'write ssh, or the port with its protocol, such as 443/tcp',
          examples: ['443/tcp'],
        },
        from: {
          description:
            "Who may: anyone, lan (the node's own site), a node, a network, a site, an address or a range, or a list.",
          type: ['string', 'array'],
          minItems: 1,
          'x-message': 'such as "from: lan", a node, a network, a site or a range',
          items: { type: 'string' },
          default: 'anyone',
          examples: ['lan'],
        },
      },
    },
  },
};
