import { createHash } from 'node:crypto';
import type { Inventory } from '../../../model/inventory.js';
import { type Done, doneOrRefused, type Part } from '../../../remote/part.js';
import type { Question } from '../../../remote/question.js';
import { command, quote } from '../../../remote/quote.js';
import { recordPath } from '../ownership/record.js';
import { configPath, keyPath } from '../tunnel/readings.js';
import { type Left, presharedFolder } from './probe.js';

/** Holds the keys and configurations of retired networks, one folder per key. */
export const ASIDE = '/etc/wireguard/.retired';

/** The folder for what an interface had. */
export function asideOf({ interface: name, seen: { ownKey, record, config } }: Left): string {
  const key = ownKey ?? record?.publicKey ?? config?.publicKey ?? '';
  return `${ASIDE}/${name}-${createHash('sha256').update(key).digest('hex').slice(0, 8)}`;
}

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
const factsOf = (inventory: Pick<Inventory, 'name'>, node: string, network: string): readonly string[] => [
  `inventory ${inventory.name}`,
  `node ${node}`,
  `network ${network}`,
];

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

const isOf = (facts: readonly string[]): string =>
  facts.map((fact) => `grep -qxF ${quote(fact)} "$of"`).join(' && ');

/** sh that goes through what is kept for a node of an inventory, the newest last: `$network`, and its folder `$kept`. */
function eachKept(inventory: Inventory, node: string, body: string): string {
  const [ofInventory = '', ofNode = ''] = factsOf(inventory, node, '');
  return `for of in $(ls -tr ${ASIDE}/*/of 2>/dev/null); do
${isOf([ofInventory, ofNode])} || continue
network=$(sed -n 's/^network //p' "$of") kept=\${of%/of}
${body}
done`;
}

const KEY_LINE = '@aside ';
const PRESHARED_LINE = '@aside-psk ';

function readAside(inventory: Inventory, node: string): string {
  return eachKept(
    inventory,
    node,
    `[ ! -f "$kept/key" ] || echo "${KEY_LINE}$network $(wg pubkey <"$kept/key" 2>/dev/null) $kept/key"`,
  );
}

function readAsidePresharedKeys(inventory: Inventory, node: string): string {
  return eachKept(
    inventory,
    node,
    `for file in "$kept/psk"/*; do
[ -f "$file" ] || continue
key=$(cat "$file")
sum=$(printf %s "$key" | sha256sum)
echo "${PRESHARED_LINE}$network $(stat -c '%a %U %G' "$file") \${sum%% *} $file"
done`,
  );
}

const linesOf = (stdout: string, head: string): readonly (readonly string[])[] =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith(head))
    .map((line) => line.slice(head.length).split(' '));

export interface KeptKey {
  readonly publicKey: string;
  readonly path: string;
}

function parseAside(stdout: string): ReadonlyMap<string, KeptKey> {
  return new Map(
    linesOf(stdout, KEY_LINE).map(([network = '', publicKey = '', path = '']) => [
      network,
      { publicKey, path },
    ]),
  );
}

export interface KeptPresharedKey {
  readonly network: string;
  /** `600 root root`. */
  readonly mode: string;
  /** Hexadecimal, of the key without the end of its line. */
  readonly sha256: string;
  readonly path: string;
}

function parseAsidePresharedKeys(stdout: string): readonly KeptPresharedKey[] {
  return linesOf(stdout, PRESHARED_LINE).map(([network = '', ...words]) => ({
    network,
    mode: words.slice(0, 3).join(' '),
    sha256: words[3] ?? '',
    path: words.slice(4).join(' '),
  }));
}

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

/** The newest private key that is kept of each network, by its name. */
export function keptKeysFact(inventory: Inventory, node: string): Question<ReadonlyMap<string, KeptKey>> {
  return { script: readAside(inventory, node), parse: ({ stdout }) => parseAside(stdout) };
}

/** The preshared keys that are kept, the newest last. */
export function keptPresharedKeysFact(
  inventory: Inventory,
  node: string,
): Question<readonly KeptPresharedKey[]> {
  return {
    script: readAsidePresharedKeys(inventory, node),
    parse: ({ stdout }) => parseAsidePresharedKeys(stdout),
  };
}
