import { oneOrMore } from '../../../document/schema/shape.js';
import type { InventorySchema } from '../../layer.js';

const INSIDE = {
  description:
    'What the names of apps answer inside. nearest: the address of the edge that is nearest to whoever asks: on its LAN, in the overlay, or public. public: what the internet is answered.',
  enum: ['nearest', 'public'],
  default: 'nearest',
};

const answers = (description: string, example: object): object => ({
  description,
  type: 'object',
  'x-message': 'write names with a node, an address or a list of them, such as { printer: 192.168.1.50 }',
  additionalProperties: oneOrMore({ message: 'write a node, an address, or a list of them' }),
  examples: [example],
});

/** `dns:` */
export const dnsSchema: InventorySchema = {
  top: { dns: { $ref: '#/definitions/dns' } },
  definitions: {
    dns: {
      description:
        'Split DNS: what names answer inside the LANs and overlays, where they may lead elsewhere than from the internet.',
      type: 'object',
      additionalProperties: false,
      required: ['zone', 'serve'],
      'x-message': 'such as { zone: home.example.com, serve: home-1 }',
      properties: {
        zone: oneOrMore({
          description:
            'The zone of the names of nodes and records, or several, the first of which names nodes.',
          message: 'write a name such as home.example.com',
          example: 'home.example.com',
        }),
        serve: oneOrMore({
          description: 'Nodes that answer: on their LANs, and in the networks that they are members of.',
          message: 'name one node or several',
          example: 'home-1',
        }),
        resolver: {
          description: 'The program that answers.',
          enum: ['dnsmasq', 'unbound'],
          default: 'dnsmasq',
        },
        upstream: oneOrMore({
          description:
            "Addresses of the resolvers that are asked for all other names. Left out: dnsmasq asks the node's own, unbound the internet's name servers.",
          message: 'write an address, such as 9.9.9.9',
          example: ['9.9.9.9', '2620:fe::fe'],
        }),
        nodes: {
          description: 'Whether nodes have names under the first zone.',
          type: 'boolean',
          default: true,
        },
        inside: INSIDE,
        apps: answers('Apps whose names answer something else inside: nearest, public, nodes or addresses.', {
          photos: 'public',
        }),
        records: answers(
          'Names of your own, inside only: under the first zone if they have no dot. A node answers with its nearest address.',
          { printer: '192.168.1.50', 'nas.home.example.com': 'nas' },
        ),
      },
    },
  },
};
