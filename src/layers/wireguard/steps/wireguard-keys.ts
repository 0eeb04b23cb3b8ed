import { inParts, mapped, type Question, when } from '../../../remote/question.js';
import { command, quote } from '../../../remote/quote.js';
import { lines, type Script, sh } from '../../../remote/script.js';
import { networkStepSchema } from '../../shared/schema.js';
import type { Change, StepContext, StepKind } from '../../step.js';
import { publicKeyFact } from '../facts.js';
import { keysOfMembers } from '../keys/learning.js';
import { makeKeyScript } from '../keys/make-key.js';
import { inlineKey, keyPath, PUBLIC_KEY, readKeyTraits, readOwnKey } from '../keys/private-key.js';
import { interfaceOwnership } from '../ownership/claims.js';
import { type KeptKey, keptKeysFact } from '../retire/kept-keys.js';
import { previousOf } from '../retire/ours.js';
import { type Left, leftFact } from '../retire/probe.js';

export interface WireguardKeysParams {
  readonly network?: string;
}

export interface SeenKey {
  readonly state: 'absent' | 'carried' | 'kept' | 'adoptable' | 'sound' | 'damaged' | 'unread';
  /** `600 root root`; empty when absent. */
  readonly mode: string;
  readonly publicKey?: string;
  /** The interface that had the key before the network was given another; or the file that has kept it since the network was retired. */
  readonly from?: string;
}

export type WireguardKeysSeen = ReadonlyMap<string, SeenKey>;

type Context = StepContext<WireguardKeysParams>;

const NO_DISRUPTION = { level: 'none' } as const;

function probeOne(interfaceName: string): Script {
  const key = quote(keyPath(interfaceName));
  return sh`if [ -f ${key} ]; then
public=unread
if command -v wg >/dev/null 2>&1; then
${readOwnKey('public', interfaceName)}
fi
${readKeyTraits('traits', interfaceName)}
echo "${interfaceName} key $traits \${public:-damaged}"
elif [ -n "$(${inlineKey(interfaceName)})" ]; then echo "${interfaceName} adoptable"
else absent=yes; echo "${interfaceName} absent"; fi`;
}

function parseLine(words: readonly string[]): SeenKey {
  if (words[0] !== 'key') return { state: words[0] === 'adoptable' ? 'adoptable' : 'absent', mode: '' };
  const mode = words.slice(1, 4).join(' ');
  const publicKey = words[4] ?? '';
  if (PUBLIC_KEY.test(publicKey)) return { state: 'sound', mode, publicKey };
  return { state: publicKey === 'unread' ? 'unread' : 'damaged', mode };
}

interface Elsewhere {
  readonly left: readonly Left[];
  readonly aside: ReadonlyMap<string, KeptKey>;
}

/**
 * The key that a network had before its interface was renamed or before it was retired: it is kept, since peers and clients
 * know it.
 */
function former({ inventory, node, networks }: Context, name: string, { left, aside }: Elsewhere): SeenKey {
  const network = networks.find((one) => one.interface === name);
  const isMoved = network !== undefined && left.length > 0;
  const previous = isMoved ? previousOf({ inventory, network, node: node.name }, left) : undefined;
  const publicKey = previous?.seen.ownKey;
  if (previous && publicKey !== undefined && PUBLIC_KEY.test(publicKey))
    return { state: 'carried', mode: '', publicKey, from: previous.interface };
  const kept = network && aside.get(network.name);
  if (kept && PUBLIC_KEY.test(kept.publicKey))
    return { state: 'kept', mode: '', publicKey: kept.publicKey, from: kept.path };
  return { state: 'absent', mode: '' };
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
    case 'carried':
      return make(
        `move the private key of ${seen.from} to ${path}, unchanged`,
        `chmod 600 ${quote(keyPath(seen.from ?? ''))} && ln ${quote(keyPath(seen.from ?? ''))} ${quote(path)}`,
      );
    case 'kept':
      return make(
        `reuse the private key of the retired network, ${seen.from}, as ${path}`,
        `chmod 600 ${quote(seen.from ?? '')} && ln ${quote(seen.from ?? '')} ${quote(path)}`,
      );
    case 'damaged':
      return make(
        `replace the damaged private key in ${path} (kept next to it as ${interfaceName}.key.damaged)`,
        `${command('mv', '-f', path, `${path}.damaged`)} || exit\n${makeKeyScript(interfaceName, 'wg genkey')}`,
      );
    default:
      if (seen.mode === '600 root root') return [];
      return make(
        `make ${path} readable only by root (it is ${seen.mode})`,
        `chown root:root ${quote(path)} && chmod 600 ${quote(path)}`,
      );
  }
}

/** The keys that are in place; sets `absent` if one is missing. */
function ownKeys(interfaces: readonly string[]): Question<WireguardKeysSeen> {
  return {
    script: lines('absent=', ...interfaces.map(probeOne)),
    parse: ({ stdout }) =>
      new Map(
        stdout
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => {
            const [name = '', ...words] = line.split(' ');
            return [name, parseLine(words)];
          }),
      ),
  };
}

function question(context: Context): Question<WireguardKeysSeen> {
  const { networks, inventory, node } = context;
  const isAbsent = '[ -n "$absent" ]';
  const parts = inParts({
    own: ownKeys(networks.map((network) => network.interface)),
    aside: when(isAbsent, keptKeysFact(inventory, node.name)),
    left: when(isAbsent, leftFact(inventory, node.name)),
  });
  return mapped(
    parts,
    ({ own, ...elsewhere }) =>
      new Map(
        [...own].map(([name, key]) => [
          name,
          key.state === 'absent' ? former(context, name, elsewhere) : key,
        ]),
      ),
  );
}

/** Makes each node's WireGuard private key on the node itself; only the public key is returned, as a fact. */
export const wireguardKeysStep: StepKind<WireguardKeysParams, WireguardKeysSeen> = {
  kind: 'wireguard-keys',
  claims: interfaceOwnership,
  learns: ({ networks }) => networks.map(keysOfMembers),
  schema: networkStepSchema,
  probe: question,
  facts: (_context, seen) =>
    Object.fromEntries(
      [...seen].flatMap(([name, { publicKey }]) => (publicKey ? [[publicKeyFact(name), publicKey]] : [])),
    ),
  plan: ({ networks }: StepContext<WireguardKeysParams>, seen) =>
    networks.flatMap((network) =>
      planOne(network.interface, seen.get(network.interface) ?? { state: 'absent', mode: '' }),
    ),
};
