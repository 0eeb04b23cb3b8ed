import { count } from '../../../core/text.js';
import { quote } from '../../../remote/quote.js';
import { END_LINE, fromLines } from '../../../remote/reply-lines.js';
import { lines, type Script, sh } from '../../../remote/script.js';
import type { Finding, GateKind } from '../../gate.js';
import { type NetworkParams, networkParameter, parameters } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { keyPath, PUBLIC_KEY, readKeyTraits, readOwnKey } from '../keys/private-key.js';
import { findingsIn, networksOn } from './shared/members.js';

interface SeenKey {
  /** `600 root`, or empty if there is no file. */
  readonly mode: string;
  /** Empty when the file yields none. */
  readonly publicKey: string;
}

/** By interface. */
type Seen = ReadonlyMap<string, SeenKey>;

function probeKey(interfaceName: string): Script {
  const path = quote(keyPath(interfaceName));
  return sh`if [ -f ${path} ]; then
${readOwnKey('public', interfaceName)}
${readKeyTraits('traits', interfaceName)}
echo ${quote(interfaceName)} "\${traits% *}" "\${public:-none}"
else echo ${quote(interfaceName)} absent
fi`;
}

function judge(node: string, interfaceName: string, seen: ReadonlyMap<string, Seen>): readonly Finding[] {
  const path = keyPath(interfaceName);
  const base = { node, expected: `a private key in ${path}, 600 root` };
  const key = seen.get(node)?.get(interfaceName);
  if (key === undefined || key.mode === '') {
    return [{ ...base, go: false, seen: 'no such file', fix: 'apply the phase that makes the keys' }];
  }
  const wrong: Finding[] = [];
  if (key.mode !== '600 root') {
    const fix = `chown root ${path} && chmod 600 ${path}; anyone who could read it may have the key: if so, make a new one`;
    wrong.push({ ...base, go: false, seen: `its mode and owner are ${key.mode}`, fix });
  }
  if (key.publicKey === '') {
    const fix = `apply the phase that makes the keys (the damaged file is kept next to the new one)`;
    wrong.push({ ...base, go: false, seen: 'the file contains no private key, or wg is missing', fix });
  }
  for (const [peer, others] of seen) {
    if (peer === node || key.publicKey === '') continue;
    if (others.get(interfaceName)?.publicKey !== key.publicKey) continue;
    const fix = `one is a copy (a cloned disk?): remove ${path} on one of the two and apply the phase that makes the keys`;
    wrong.push({
      ...base,
      go: false,
      peer,
      expected: 'its own key',
      seen: `the same key as ${peer}`,
      fix,
    });
  }
  return wrong.length > 0 ? wrong : [{ ...base, go: true, seen: `600 root, public key ${key.publicKey}` }];
}

/** Every member has a private key that only root can read, and no two have the same. */
export const keys: GateKind<NetworkParams, Seen> = {
  kind: 'keys',
  schema: parameters(networkParameter),
  patience: 0,

  probe(context, node) {
    const parts = networksOn(context, node.name).map((network) => probeKey(network.interface));
    return {
      script: lines(...parts, `echo ${END_LINE}`, ''),
      parse: fromLines((lines) => {
        const own = networksOn(context, node.name).map((network) => network.interface);
        return new Map(
          own.flatMap((name) => {
            const [, mode, owner, publicKey = ''] = lines.find(([word]) => word === name) ?? [];
            if (mode === undefined || owner === undefined) return [];
            return [
              [name, { mode: `${mode} ${owner}`, publicKey: PUBLIC_KEY.test(publicKey) ? publicKey : '' }],
            ];
          }),
        );
      }),
    };
  },

  verdict(context, readings) {
    const findings = [...readings.seen.keys()].flatMap((node) => {
      const networks = networksOn(context, node).map((network) => ({ network, seen: readings.seen }));
      return findingsIn(context, node, networks, (network, seen) => judge(node, network.interface, seen));
    });
    return conclude(
      readings,
      findings,
      (go, all) => `${go} of ${count(all, 'key')} valid, a different one on each node`,
    );
  },
};
