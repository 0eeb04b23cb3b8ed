import { sha256 } from '../../../core/sha256.js';
import type { Inventory } from '../../../model/inventory.js';
import { type Done, doneOrRefused, type Part } from '../../../remote/part.js';
import { command, quote } from '../../../remote/quote.js';
import { presharedFolder } from '../keys/preshared-files.js';
import { keyPath } from '../keys/private-key.js';
import { recordPath } from '../ownership/record.js';
import { configPath } from '../tunnel/readings.js';
import type { Left } from './probe.js';

/** Holds the keys and configurations of retired networks, one folder per key. */
export const ASIDE = '/etc/wireguard/.retired';

/** The folder for what an interface had. */
export function asideOf({ interface: name, seen: { ownKey, record, config } }: Left): string {
  const key = ownKey ?? record?.publicKey ?? config?.publicKey ?? '';
  return `${ASIDE}/${name}-${sha256(key).slice(0, 8)}`;
}

/** The folder for the files by which another program made an interface before it was adopted. */
export const asideOfMaker = (name: string): string => `${ASIDE}/${name}-before-adopt`;

/** The name under which each file or folder of an interface is kept. */
const namesOf = (name: string): ReadonlyMap<string, string> =>
  new Map([
    [keyPath(name), 'key'],
    [`${keyPath(name)}.damaged`, 'key.damaged'],
    [presharedFolder(name), 'psk'],
    [configPath(name), 'conf'],
    [recordPath(name), 'record'],
  ]);

/** What a folder records about itself, one fact per line. */
export function factsOf({ name }: Pick<Inventory, 'name'>, node: string, network: string): readonly string[] {
  return [`inventory ${name}`, `node ${node}`, `network ${network}`];
}

export interface PuttingAside {
  readonly left: Left;
  readonly inventory: Inventory;
  readonly node: string;
  /** Those of its files and folders that are kept. */
  readonly files: readonly string[];
}

/**
 * sh that moves files of an interface aside, all of them or none; the folder of another key is never written to. What is kept there is
 * read by root alone.
 */
export function putAsideScript({ left, inventory, node, files }: PuttingAside): string {
  const folder = quote(asideOf(left));
  const names = namesOf(left.interface);
  const key = quote(keyPath(left.interface));
  const copies = files.map((file) => {
    const to = `"$kept"/${names.get(file) ?? file.slice(file.lastIndexOf('/') + 1)}`;
    return `rm -rf ${to} && cp -Rp ${quote(file)} ${to} || exit 1`;
  });
  return `umask 077
mkdir -p ${ASIDE} || exit 1
kept=${folder}
if [ -e "$kept/key" ] && [ -e ${key} ] && ! cmp -s ${key} "$kept/key"; then kept=$(mktemp -d "$kept.XXXXXX") || exit 1; fi
mkdir -p "$kept" || exit 1
${copies.join('\n')}
printf '%s\\n' ${command(...factsOf(inventory, node, left.seen.record?.network ?? ''))} >"$kept/of" || exit 1
sync || exit 1
${command('rm', '-rf', ...files)} && { rmdir /etc/wireguard/psk /etc/wireguard/.bridgehead 2>/dev/null; :; }`;
}

/** sh condition that the file `$of` records these facts. */
export const isOf = (facts: readonly string[]): string =>
  facts.map((fact) => `grep -qxF ${quote(fact)} "$of"`).join(' && ');

/** Removes everything that is kept for an inventory, because the node leaves it for good. */
export function forgetAsideFragment(inventory: Inventory): Part<Done> {
  const [ofInventory = ''] = factsOf(inventory, '', '');
  return {
    id: 'retire.forget',
    script: `for of in ${ASIDE}/*/of; do
[ -f "$of" ] && ${isOf([ofInventory])} || continue
rm -rf "\${of%/of}" || exit 1
done
rmdir ${ASIDE} 2>/dev/null
:`,
    parse: doneOrRefused,
  };
}
