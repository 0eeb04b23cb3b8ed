import { quote } from '../remote/quote.js';
import { TEMPORARY_FILE } from './temporary-file.js';
import { type Change, publicKeyFact, type StepContext, type StepKind } from './types.js';
import { inlineKey, keyPath, readKeyTraits, readOwnKey } from './wireguard-readings.js';

export interface WireguardKeysParams {
  readonly network?: string;
}

export interface SeenKey {
  readonly state: 'absent' | 'adoptable' | 'sound' | 'damaged' | 'unread';
  /** `600 root root`; empty when absent. */
  readonly mode: string;
  readonly publicKey?: string;
}

export type WireguardKeysSeen = ReadonlyMap<string, SeenKey>;

const PUBLIC_KEY = /^[A-Za-z0-9+/]{43}=$/;
const NO_DISRUPTION = { level: 'none' } as const;

function probeOne(interfaceName: string): string {
  const key = quote(keyPath(interfaceName));
  return `if [ -f ${key} ]; then
public=unread
if command -v wg >/dev/null 2>&1; then
${readOwnKey('public', interfaceName)}
fi
${readKeyTraits('traits', interfaceName)}
echo "${interfaceName} key $traits \${public:-damaged}"
elif [ -n "$(${inlineKey(interfaceName)})" ]; then echo "${interfaceName} adoptable"
else echo "${interfaceName} absent"; fi`;
}

function parseLine(words: readonly string[]): SeenKey {
  if (words[0] !== 'key') return { state: words[0] === 'adoptable' ? 'adoptable' : 'absent', mode: '' };
  const mode = words.slice(1, 4).join(' ');
  const publicKey = words[4] ?? '';
  if (PUBLIC_KEY.test(publicKey)) return { state: 'sound', mode, publicKey };
  return { state: publicKey === 'unread' ? 'unread' : 'damaged', mode };
}

/**
 * Writes a private key from `source` where none is yet: a hard link, so an existing key is never overwritten. `cat` writes,
 * for neither `wg` nor dash says why it could not.
 */
function makeKeyScript(interfaceName: string, source: string): string {
  const key = quote(keyPath(interfaceName));
  return `set -eu
umask 077
mkdir -p /etc/wireguard
${TEMPORARY_FILE}
new=$(temporary /etc/wireguard)
trap 'rm -f "$new"' EXIT
${source} | cat >"$new"
wg pubkey <"$new" >/dev/null
sync "$new" 2>/dev/null || sync
ln "$new" ${key}`;
}

function planOne(interfaceName: string, seen: SeenKey): Change[] {
  const path = keyPath(interfaceName);
  const make = (summary: string, script: string): Change[] => [
    { summary, disruption: NO_DISRUPTION, script, touches: { files: [path, `${path}.damaged`] } },
  ];
  switch (seen.state) {
    case 'absent':
      return make(`make a private key in ${path}`, makeKeyScript(interfaceName, 'wg genkey'));
    case 'adoptable':
      return make(
        `move the private key of ${interfaceName}.conf into ${path}`,
        makeKeyScript(interfaceName, inlineKey(interfaceName)),
      );
    case 'damaged':
      return make(
        `replace the damaged private key in ${path} (kept beside it as ${interfaceName}.key.damaged)`,
        `mv -f ${quote(path)} ${quote(`${path}.damaged`)}\n${makeKeyScript(interfaceName, 'wg genkey')}`,
      );
    default:
      if (seen.mode === '600 root root') return [];
      return make(
        `make ${path} readable by root alone (it is ${seen.mode})`,
        `chown root:root ${quote(path)} && chmod 600 ${quote(path)}`,
      );
  }
}

/** Makes each node's WireGuard private key on the node itself; only the public key comes back, as a fact. */
export const wireguardKeysStep: StepKind<WireguardKeysParams, WireguardKeysSeen> = {
  kind: 'wireguard-keys',
  claims: true,
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: {
      network: {
        type: 'string',
        description: 'Name of the network; every network of the inventory when left out.',
      },
    },
  },
  probe: ({ networks }) => networks.map((network) => probeOne(network.interface)).join('\n'),
  parse: (_context, reply) =>
    new Map(
      reply.stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const [name = '', ...words] = line.split(' ');
          return [name, parseLine(words)];
        }),
    ),
  facts: (_context, seen) =>
    Object.fromEntries(
      [...seen].flatMap(([name, { publicKey }]) => (publicKey ? [[publicKeyFact(name), publicKey]] : [])),
    ),
  plan: ({ networks }: StepContext<WireguardKeysParams>, seen) =>
    networks.flatMap((network) =>
      planOne(network.interface, seen.get(network.interface) ?? { state: 'absent', mode: '' }),
    ),
};
