import type { FragmentReply } from '../../../remote/program.js';
import { command } from '../../../remote/quote.js';
import { explainUnwritable, firstLine, probeOutput } from '../../shared/failures.js';
import type { Explanation, StepKind } from '../../step.js';
import { installScript, PACKAGE_STATUS } from './package-script.js';

export interface PackageParams {
  readonly names: readonly string[];
  readonly state?: 'present';
  readonly update?: 'auto';
  /** Seconds to wait for cloud-init and for apt's locks; 300 when left out. */
  readonly wait?: number;
}

export interface PackageSeen {
  /** The wanted packages that are already installed and configured. */
  readonly installed: ReadonlySet<string>;
}

const DEFAULT_WAIT = 300;
/** Time for fetching and unpacking, once nothing blocks it. */
const INSTALL_SECONDS = 600;

const FIXES: Readonly<Record<number, Omit<Explanation, 'message'>>> = {
  [PACKAGE_STATUS.locked]: {
    code: 'E_APT_LOCKED',
    fix: 'wait until it is done and run again, or raise `wait` in the step',
  },
  [PACKAGE_STATUS.notFound]: {
    code: 'E_PACKAGE_NOT_FOUND',
    fix: 'check the names with `apt-cache search`, and that the node’s release and apt sources have them',
  },
  [PACKAGE_STATUS.noApt]: {
    code: 'E_STEP',
    fix: 'use a node with Debian or Ubuntu, or install the packages in a `script` step and exclude this node with `on`',
  },
  [PACKAGE_STATUS.fetch]: {
    code: 'E_STEP',
    fix: 'try `apt-get update` on the node: its DNS, its internet access or its apt proxy may be broken',
  },
};

/** What a failed installation means; undefined if apt's own output is best. */
export function classifyPackageFailure(reply: FragmentReply): Explanation | undefined {
  const full = explainUnwritable(reply);
  if (full) return full;
  const known = FIXES[reply.code];
  if (known) return { ...known, message: firstLine(reply.stderr) };
  if (!/remove is disabled/.test(reply.stderr)) return undefined;
  return {
    code: 'E_STEP',
    message: 'this installation would remove other packages',
    fix: 'list them with `apt-get -s install` on the node, and remove them yourself if they are not needed',
  };
}

/** Debian packages that have to be installed. */
export const packageStep: StepKind<PackageParams, PackageSeen> = {
  kind: 'package',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['names'],
    properties: {
      names: {
        type: 'array',
        minItems: 1,
        uniqueItems: true,
        // A trailing hyphen would make apt remove the package.
        items: {
          type: 'string',
          pattern: '^[a-z0-9][a-z0-9+.-]*[a-z0-9+]$',
          'x-message': 'write the name of a Debian package, without a version, such as wireguard-tools',
        },
        description: 'Names of Debian packages.',
      },
      state: { const: 'present', description: 'Packages are only installed, never removed.' },
      update: { const: 'auto', description: 'The package lists are refreshed when needed.' },
      wait: {
        type: 'integer',
        minimum: 1,
        maximum: 3600,
        description: 'Seconds to wait for cloud-init and apt’s locks; default 300.',
      },
    },
  },
  timeoutSeconds: ({ params }) => (params.wait ?? DEFAULT_WAIT) + INSTALL_SECONDS,
  probe: ({ params }) => ({
    script: `command -v apt-get >/dev/null 2>&1 || exit 0
dpkg-query -W -f='\${Package} \${db:Status-Status}\\n' ${command(...params.names)} || [ $? = 1 ]`,
    parse: (reply) => {
      const lines = probeOutput(reply, 'the list of installed packages').split('\n');
      const installed = lines.map((line) => line.split(' ')).filter(([, status]) => status === 'installed');
      return { installed: new Set(installed.map(([name = '']) => name)) };
    },
  }),
  plan: ({ params }, { installed }) => {
    const names = params.names.filter((name) => !installed.has(name));
    if (names.length === 0) return [];
    const script = installScript({ names, wait: params.wait ?? DEFAULT_WAIT });
    return [{ summary: `install ${names.join(', ')}`, disruption: { level: 'none' }, script }];
  },
  explain: (_context, reply) => classifyPackageFailure(reply),
};
