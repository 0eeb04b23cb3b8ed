import type { InventorySchema } from '../layers/layer.js';

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
          properties: {
            port: { $ref: '#/definitions/sshPort' },
            user: { $ref: '#/definitions/sshUser' },
            key: { $ref: '#/definitions/sshKey' },
            jump: { $ref: '#/definitions/sshJump' },
            sudo: { $ref: '#/definitions/sshSudo' },
            sudoPasswordFile: { $ref: '#/definitions/sudoPasswordFile' },
          },
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
    ssh: {
      description: 'How to log in. Defaults come from ~/.ssh/config, as with ssh itself.',
      type: 'object',
      'x-main': 'user',
      'x-message': 'such as { user: root }',
      additionalProperties: false,
      properties: {
        host: {
          description:
            'Name, address or ~/.ssh/config alias to connect to. Default: the first public address, else the LAN address.',
          type: 'string',
          maxLength: 255,
          pattern: '^(?![^:]*:[0-9]+$)[A-Za-z0-9_:][A-Za-z0-9_.:%+-]*$',
          'x-message':
            "write a bare name or address: no spaces, no user@ and no :port (those have their own keys), no '-' at the beginning",
          examples: ['198.51.100.25'],
        },
        port: { $ref: '#/definitions/sshPort' },
        user: { $ref: '#/definitions/sshUser' },
        key: { $ref: '#/definitions/sshKey' },
        jump: { $ref: '#/definitions/sshJump' },
        hostKey: {
          description: 'Pinned host key, or several; any other key is refused.',
          type: ['string', 'array'],
          minItems: 1,
          pattern:
            '^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]{40,}={0,3}( [^\\u0000-\\u001f]*)?$',
          'x-message': "paste a line of the node's /etc/ssh/ssh_host_*_key.pub: ssh-ed25519 AAAA...",
          items: { $ref: '#/definitions/hostKey' },
        },
        sudo: { $ref: '#/definitions/sshSudo' },
        sudoPasswordFile: { $ref: '#/definitions/sudoPasswordFile' },
      },
    },
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
    name: {
      type: 'string',
      pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$',
      'x-message':
        'a name has 1 to 63 lower-case letters, digits and hyphens, and does not begin or end with a hyphen',
      examples: ['home-1'],
    },
    addresses: {
      description: 'One address, or a list with one per address family; without a prefix length.',
      type: ['string', 'array'],
      minItems: 1,
      'x-message': 'write an address, such as 192.168.15.2',
      items: { type: 'string' },
      examples: ['192.168.15.2'],
    },
    ranges: {
      description: 'One range, or a list with one per address family.',
      type: ['string', 'array'],
      minItems: 1,
      'x-message': 'write a range, such as 172.27.15.0/24',
      items: { type: 'string' },
      examples: ['172.27.15.0/24'],
    },
    port: { type: 'integer', minimum: 1, maximum: 65535, examples: [51820] },
    sshPort: {
      description: 'TCP port of sshd.',
      type: 'integer',
      minimum: 1,
      maximum: 65535,
      examples: [22],
    },
    sshUser: {
      description: 'Login name. Default: as in ~/.ssh/config.',
      type: 'string',
      pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,63}\\$?$',
      'x-message': "a login has letters, digits, '_', '.' and '-', and begins with a letter or '_'",
      examples: ['root'],
    },
    sshKey: {
      description: 'Path of the private key; ~ is your home, other paths are relative to this file.',
      type: 'string',
      pattern: '^(?!\\$[A-Za-z_])[^\\u0000-\\u001f\\u007f-]',
      'x-message': "write a path without variables; ~ is your home; if it begins with '-', write ./-name",
      examples: ['~/.ssh/id_ed25519'],
    },
    sshJump: {
      description: "Jump host: another node's name, or user@host:port; none to override a default.",
      type: 'string',
      maxLength: 320,
      pattern:
        '^([A-Za-z_][A-Za-z0-9_.-]*\\$?@)?([A-Za-z0-9_][A-Za-z0-9_.:%+-]*|\\[[0-9A-Fa-f:.]+\\](:[0-9]+)?)$',
      'x-message': 'name a node, or write user@host:port',
      examples: ['edge-1'],
    },
    sshSudo: {
      description:
        'How to become root if the login is not root. auto asks for a password only if sudo needs one.',
      enum: ['auto', 'passwordless', 'password'],
      examples: ['auto'],
    },
    sudoPasswordFile: {
      description:
        'File (mode 0600) whose first line is the sudo password; ~ is your home, other paths are relative to this file.',
      type: 'string',
      pattern: '^[^\\u0000-\\u001f\\u007f$-]',
      'x-message': "write a path without variables; ~ is your home; if it begins with '-', write ./-name",
      examples: ['~/.config/bridgehead/sudo'],
    },
    hostKey: {
      type: 'string',
      pattern:
        '^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]{40,}={0,3}( [^\\u0000-\\u001f]*)?$',
      'x-message': "paste a line of the node's /etc/ssh/ssh_host_*_key.pub: ssh-ed25519 AAAA...",
    },
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
  },
};
