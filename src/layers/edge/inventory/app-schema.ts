import { oneOrMore } from '../../../document/schema/shape.js';

const ranges = (description: string) =>
  oneOrMore({
    description,
    message: 'write an address or a range, such as 203.0.113.0/24',
    example: '203.0.113.0/24',
  });

/** The path of a URL. */
export const URL_PATH = {
  type: 'string',
  pattern: '^/[!-~]*$',
  'x-message': 'write a path that begins with /, without spaces',
};

/** What `apps:` refers to. */
export const APP_DEFINITIONS = {
  app: {
    description: 'One app: its name on the internet, its edge, and where it listens at home.',
    type: 'object',
    additionalProperties: false,
    required: ['to'],
    'x-message': 'such as { host: photos.example.com, to: { node: home-1, port: 2283 } }',
    properties: {
      kind: {
        description:
          'http: the edge ends TLS and asks the app over HTTP. tls: passed through by its name, unread; the app ends TLS. tcp, udp: a port of the edge.',
        enum: ['http', 'tls', 'tcp', 'udp'],
        default: 'http',
      },
      host: oneOrMore({
        description: 'Its name on the internet, or a list. *.example.com stands for any one label.',
        message: 'write a name, such as photos.example.com',
        example: 'photos.example.com',
      }),
      edge: oneOrMore({
        description:
          'The edge that visitors connect to, or a list; the first is preferred. Default: the only one that there is.',
        message: 'name an edge, such as "edge: vps"',
        example: 'vps',
      }),
      network: {
        description:
          'The network between the edge and the node. Default: the only one that has both as members.',
        type: 'string',
        examples: ['mesh'],
      },
      to: { $ref: '#/definitions/appTarget' },
      port: {
        description:
          "Port on which the node listens for the edges, on the network. Default: one that follows from the app's name.",
        $ref: '#/definitions/port',
        examples: [8080],
      },
      listen: {
        description: 'Kinds tcp and udp: the port of the edge that visitors connect to.',
        $ref: '#/definitions/port',
        examples: [25565],
      },
      relay: {
        description:
          "How the node relays to the app. direct: not at all, the app itself listens there. dnat: by nftables, which keeps the caller's address. socket-proxyd, socat, haproxy: by a program. Default: dnat, or socket-proxyd to a loopback address.",
        enum: ['direct', 'dnat', 'socket-proxyd', 'socat', 'haproxy'],
        examples: ['dnat'],
      },
      options: { $ref: '#/definitions/appOptions' },
      expect: { $ref: '#/definitions/appExpectation' },
    },
  },
  appTarget: {
    description: 'Where the app listens.',
    type: 'object',
    additionalProperties: false,
    required: ['node', 'port'],
    'x-main': 'node',
    'x-message': 'such as { node: home-1, port: 2283 }',
    properties: {
      node: { description: 'The node through which it is reached.', type: 'string', examples: ['home-1'] },
      address: {
        description:
          'Its address as the node reaches it: 127.0.0.1, a machine on the LAN, a service of a cluster. Default: the node itself.',
        type: 'string',
        examples: ['192.168.1.20'],
      },
      port: { description: 'Its port there.', $ref: '#/definitions/port', examples: [2283] },
    },
  },
  appOptions: {
    description: 'What the edge does with its requests.',
    type: 'object',
    additionalProperties: false,
    'x-message': 'such as { upload: 2h, hsts: 180d }',
    properties: {
      upload: {
        description: 'How long one request may take to arrive, such as a large upload: 90s, 30m, 2h.',
        $ref: '#/definitions/duration',
        examples: ['2h'],
      },
      rate: {
        description: 'Requests of one visitor that are answered: 100/s, 600/m.',
        type: 'string',
        pattern: '^[1-9][0-9]{0,5}/[smh]$',
        'x-message': 'write requests per second, minute or hour, such as 100/s',
        examples: ['100/s'],
      },
      allow: ranges('Addresses and ranges of those who are let in; nobody else is.'),
      deny: ranges('Addresses and ranges of those who are not let in.'),
      headers: {
        description: 'Headers of each answer, by name.',
        type: 'object',
        propertyNames: {
          type: 'string',
          pattern: "^[A-Za-z0-9][A-Za-z0-9!#$%&'*+.^_`|~-]*$",
          'x-message': 'write the name of a header, such as X-Frame-Options',
        },
        additionalProperties: {
          type: 'string',
          pattern: '^[^\\u0000-\\u0008\\u000a-\\u001f\\u007f]*$',
          'x-message': 'write it on one line, without control characters',
        },
        'x-message': 'such as { X-Frame-Options: DENY }',
        examples: [{ 'X-Frame-Options': 'DENY' }],
      },
      hsts: {
        description: 'How long browsers that have seen it insist on HTTPS: 1h, 180d.',
        $ref: '#/definitions/duration',
        examples: ['180d'],
      },
      auth: {
        description: 'A name and a password, NAME:PASSWORD, without which nobody is let in.',
        $ref: '#/definitions/secret',
      },
      maintenance: {
        description: 'Whether visitors get a page that says the app is being worked on.',
        type: 'boolean',
        default: false,
      },
      proxyProtocol: {
        description: "Whether the app reads the visitor's address from a PROXY header, version 2.",
        type: 'boolean',
        default: false,
      },
    },
  },
  appExpectation: {
    description: 'What its page answers, which proves that all of the way to it works.',
    type: 'object',
    additionalProperties: false,
    'x-main': 'path',
    'x-message': 'such as { path: /api/server/ping, contains: pong }',
    properties: {
      path: {
        description: 'The path that is asked for.',
        ...URL_PATH,
        default: '/',
        examples: ['/api/server/ping'],
      },
      status: {
        description: 'The status of the answer.',
        type: 'integer',
        minimum: 100,
        maximum: 599,
        default: 200,
      },
      contains: { description: 'A text in the answer.', type: 'string', minLength: 1, examples: ['pong'] },
    },
  },
  duration: {
    type: 'string',
    pattern: '^[1-9][0-9]{0,6}[smhd]$',
    'x-message': 'write a number with s, m, h or d, such as 2h',
    examples: ['2h'],
  },
};
