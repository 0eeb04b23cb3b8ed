import { posix } from 'node:path';
import { command, quote } from '../../../remote/quote.js';
import temporaryFile from '../../shared/temporary-file.sh';
import type { Change, StepContext, StepKind } from '../../step.js';
import { makeKeyScript } from '../keys/make-key.js';
import { presharedKeyFile } from '../keys/preshared-files.js';
import { inlineKey, keyPath } from '../keys/private-key.js';
import { sharesKey } from '../overlay/peers.js';
import { recordOf, recordPath, recordText } from '../ownership/record.js';
import { recordScript } from '../ownership/write-record.js';
import { configPath } from '../tunnel/readings.js';
import { hooksOf } from './hooks.js';
import { type TakenOver, takeoverChanges, writtenConfig } from './makers/changes.js';
import { matchPeers, peersThere } from './peers.js';
import { adoptionFacts, type SeenForAdoption } from './question.js';
import { savesConfig, usedKey } from './traits.js';

export interface AdoptParams {
  /** Names of networks, and the interface that each has on the node now. */
  readonly interfaces: Readonly<Record<string, string>>;
}

export type AdoptSeen = ReadonlyMap<string, SeenForAdoption>;

type Context = StepContext<AdoptParams>;

interface Taking extends TakenOver {
  readonly context: Context;
}

const NONE = { level: 'none' } as const;
/** At shutdown wg-quick would write the running state over whatever is in the file by then: it is written a last time now. */
function stopSaving({ interface: name, seen }: Taking): Change[] {
  if (!savesConfig(seen.interface)) return [];
  const conf = quote(configPath(name));
  const save = seen.interface.live === undefined ? '' : `${command('wg-quick', 'save', name)} || exit\n`;
  return [
    {
      summary: `remove SaveConfig from ${configPath(name)}: at shutdown it would overwrite the file`,
      disruption: NONE,
      script: `${save}umask 077
${temporaryFile}new=$(temporary /etc/wireguard) || exit
trap 'rm -f "$new"' EXIT
sed '/^[[:space:]]*[Ss][Aa][Vv][Ee][Cc][Oo][Nn][Ff][Ii][Gg][[:space:]]*=/d' ${conf} >"$new" || exit
sync "$new" 2>/dev/null || sync
mv -f "$new" ${conf}`,
    },
  ];
}

/** Where the private key is read from, on the node alone. */
function keySource({ interface: name, seen: { interface: own } }: Taking): string | undefined {
  if (own.live?.publicKey) return command('wg', 'show', name, 'private-key');
  if (own.config?.publicKey !== undefined) return inlineKey(name);
  const load = hooksOf(own.config?.text ?? '', name).find(({ purpose }) => purpose === 'key');
  return load === undefined ? undefined : command('cat', load.text.split(' ').at(-1) ?? '');
}

function keepKey(taking: Taking): Change[] {
  const { interface: name, seen } = taking;
  const { ownKey } = seen.interface;
  const used = usedKey(seen.interface);
  const source = keySource(taking);
  if (source === undefined || (ownKey !== undefined && ownKey === used)) return [];
  const path = keyPath(name);
  const other = `${path}.before-adopt`;
  const aside = ownKey === undefined ? '' : `${command('mv', '-f', path, other)} || exit\n`;
  return [
    {
      summary: `copy the private key of ${name} into ${path}, unchanged${ownKey === undefined ? '' : ` (the other key that is there is kept as ${other})`}`,
      disruption: NONE,
      script: aside + makeKeyScript(name, source),
    },
  ];
}

/** Prints the preshared key of a peer; used on the node alone, in pipes. */
function presharedSource({ interface: name, seen }: Taking, publicKey: string): string {
  if (seen.interface.live !== undefined) {
    const pick = command('awk', '-v', `peer=${publicKey}`, '$1 == peer { print $2 }');
    return `${command('wg', 'show', name, 'preshared-keys')} | ${pick}`;
  }
  const pick =
    'function flush() { if (own == peer) print key; own = key = "" } ' +
    '/^[ \\t]*\\[/ { flush() } { sub(/[ \\t]*=[ \\t]*/, " ") } ' +
    'tolower($1) == "publickey" { own = $2 } tolower($1) == "presharedkey" { key = $2 } END { flush() }';
  return command('awk', '-v', `peer=${publicKey}`, pick, configPath(name));
}

function keepPresharedKeys(taking: Taking): Change[] {
  const { network, interface: name, seen, known } = taking;
  const live = new Map(seen.interface.live?.peers.map((peer) => [peer.publicKey, peer.presharedKey]));
  return known.flatMap(({ name: peer, there, wanted }): Change[] => {
    if (wanted === undefined || !sharesKey(network, wanted)) return [];
    const path = presharedKeyFile(name, peer);
    const kept = seen.presharedKeys.get(path);
    if (!there.shared || (kept !== undefined && [undefined, kept].includes(live.get(there.publicKey))))
      return [];
    return [
      {
        summary: `copy the preshared key for ${peer} into ${path}, unchanged`,
        disruption: NONE,
        script: `umask 077
${command('mkdir', '-p', posix.dirname(path))} || exit
${temporaryFile}new=$(temporary ${quote(posix.dirname(path))}) || exit
trap 'rm -f "$new"' EXIT
${presharedSource(taking, there.publicKey)} >"$new" && [ -s "$new" ] || exit
sync "$new" 2>/dev/null || sync
mv -f "$new" ${quote(path)}`,
      },
    ];
  });
}

/** Says on the node whose the interface is from now on: the first apply then changes it in place. */
function record(taking: Taking): Change[] {
  const { context, network, interface: name, seen, known } = taking;
  const { inventory, node } = context;
  const { record: had, config } = seen.interface;
  const wanted = recordOf({
    inventory,
    network,
    node: node.name,
    publicKey: usedKey(seen.interface) ?? '',
    peers: known.map(({ name: peer, there, addresses }) => ({
      node: peer,
      publicKey: there.publicKey,
      addresses,
    })),
    config: seen.takeover === undefined ? (config?.text ?? '') : writtenConfig(taking),
  });
  if (had !== undefined && recordText(name, had) === recordText(name, { ...wanted, config: had.config }))
    return [];
  return [
    {
      summary: `record that ${name} belongs to network ${network.name} of ${inventory.name}`,
      disruption: NONE,
      script: recordScript(name, wanted),
    },
  ];
}

/**
 * Takes over interfaces that were made by hand: keys are copied to where ours are, and the record names the owner. No
 * playbook names it; what the running interface and its configuration lack is left to the first apply.
 */
export const adoptStep: StepKind<AdoptParams, AdoptSeen> = {
  kind: 'adopt',
  schema: { type: 'object' },
  probe: ({ params }) => adoptionFacts(Object.values(params.interfaces)),
  plan: (context, seen) =>
    context.networks.flatMap((network) => {
      const name = context.params.interfaces[network.name];
      const own = name === undefined ? undefined : seen.get(name);
      if (name === undefined || own === undefined) return [];
      const { known } = matchPeers(context.inventory, network, context.node.name, peersThere(own.interface));
      const taking = { context, network, interface: name, seen: own, known };
      const presharedFiles = known.map((peer) => presharedKeyFile(name, peer.name));
      const files = [configPath(name), keyPath(name), `${keyPath(name)}.before-adopt`, ...presharedFiles];
      return [
        ...stopSaving(taking),
        ...keepKey(taking),
        ...keepPresharedKeys(taking),
        ...takeoverChanges(taking),
        ...record(taking),
      ].map((change) => ({
        ...change,
        touches: {
          ...change.touches,
          files: [...files, recordPath(name), ...(change.touches?.files ?? [])],
          interfaces: [name],
        },
        guarded: true,
      }));
    }),
};
