const SUM = '^[0-9a-f]{64}$';

/** JSON Schema of the step's parameters. */
export const programSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: {
      type: 'string',
      pattern: '^[a-z][a-z0-9-]{0,31}$',
      'x-message': 'write lower-case letters, digits and hyphens, at most 32, such as traefik',
      description: 'Name of the program, by which it is called afterwards.',
    },
    version: {
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$',
      'x-message': 'write a version, such as 3.7.15',
      description: 'Default, for a known program: the newest that is known.',
    },
    state: { enum: ['present', 'absent'], description: 'Default present.' },
    sources: {
      type: 'object',
      minProperties: 1,
      propertyNames: {
        pattern: '^[a-z0-9]{1,16}$',
        'x-message': 'write an architecture as Debian calls it, such as amd64 or arm64',
      },
      description:
        'Where to get it, by architecture (amd64, arm64, …); needed for programs that are not known.',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['url', 'sha256'],
        properties: {
          url: {
            type: 'string',
            pattern: '^(https?|file)://',
            'x-message': 'write a URL that begins with https://, http:// or file://',
            description: 'Of the program, or an archive: .gz, .tar.gz or .zip.',
          },
          sha256: {
            type: 'string',
            pattern: SUM,
            'x-message': 'write the 64 digits of `sha256sum`, in lower case',
            description: 'SHA-256 of what is downloaded.',
          },
          path: { type: 'string', minLength: 1, description: 'Of the program in the archive.' },
        },
      },
    },
  },
};
