import { oneOrMore } from '../document/schema/shape.js';

/** The lab isn't a layer: it builds what the layers are rehearsed on. */
export const LAB_SCHEMA = {
  description: 'Settings of the rehearsal lab; they never reach real machines.',
  type: 'object',
  additionalProperties: false,
  properties: {
    laptop: {
      description:
        "Site whose LAN the lab's laptop is in; without it, the first site behind NAT, or else the internet, from which every node can be reached.",
      type: 'string',
      examples: ['home'],
    },
    names: {
      description:
        "Names that the DNS of the lab's internet answers besides the apps' own, each with a node or addresses.",
      type: 'object',
      propertyNames: {
        maxLength: 253,
        pattern: '^(\\*\\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$',
        'x-message': 'write a host name in lower case, such as photos.example.com',
      },
      additionalProperties: oneOrMore({ message: 'write the name of a node, or its addresses' }),
      examples: [{ 'photos.example.com': 'vps' }],
    },
    authorities: {
      description:
        "ACME directories at which the lab's own authority issues certificates, besides those of the edges.",
      type: 'array',
      items: {
        type: 'string',
        pattern: '^https://[a-z0-9.-]+(/[^\\s?#]*)?$',
        'x-message': 'write an https URL without a port, such as https://acme.example/directory',
      },
      examples: [['https://acme-v02.api.letsencrypt.org/directory']],
    },
    standIns: {
      description:
        'Whether the lab has servers of its own answer in place of the apps. Set it to false if a playbook installs the apps.',
      type: 'boolean',
      default: true,
    },
  },
};
