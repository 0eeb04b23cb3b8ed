/** One pinned key. */
export const HOST_KEY = {
  type: 'string',
  pattern:
    '^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]{40,}={0,3}( [^\\u0000-\\u001f]*)?$',
  'x-message': "paste a line of the node's /etc/ssh/ssh_host_*_key.pub: ssh-ed25519 AAAA...",
} as const;

/** What several nodes may share. */
export const SSH_DEFAULTS = {
  port: { $ref: '#/definitions/sshPort' },
  user: { $ref: '#/definitions/sshUser' },
  key: { $ref: '#/definitions/sshKey' },
  jump: { $ref: '#/definitions/sshJump' },
  sudo: { $ref: '#/definitions/sshSudo' },
  sudoPasswordFile: { $ref: '#/definitions/sudoPasswordFile' },
} as const;

/** How to log in to one node. */
export const NODE_SSH = {
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
      pattern: HOST_KEY.pattern,
      'x-message': HOST_KEY['x-message'],
      items: { $ref: '#/definitions/hostKey' },
    },
    sudo: { $ref: '#/definitions/sshSudo' },
    sudoPasswordFile: { $ref: '#/definitions/sudoPasswordFile' },
  },
} as const;

/** What `#/definitions/ssh…` names. */
export const SSH_DEFINITIONS = {
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
} as const;
