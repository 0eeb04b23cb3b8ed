import type { Inventory } from '../../../model/inventory.js';
import type { Question } from '../../../remote/question.js';
import { listPresharedKeys, type PresharedFile, parsePresharedFile } from '../keys/preshared-files.js';
import { ASIDE, factsOf, isOf } from './aside.js';

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

const linesOf = (stdout: string, head: string): readonly string[] =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith(head))
    .map((line) => line.slice(head.length));

export interface KeptKey {
  readonly publicKey: string;
  readonly path: string;
}

/** The newest private key that is kept of each network, by its name. */
export function keptKeysFact(inventory: Inventory, node: string): Question<ReadonlyMap<string, KeptKey>> {
  return {
    script: eachKept(
      inventory,
      node,
      `[ ! -f "$kept/key" ] || echo "${KEY_LINE}$network $(wg pubkey <"$kept/key" 2>/dev/null) $kept/key"`,
    ),
    parse: ({ stdout }) =>
      new Map(
        linesOf(stdout, KEY_LINE).map((line) => {
          const [network = '', publicKey = '', path = ''] = line.split(' ');
          return [network, { publicKey, path }];
        }),
      ),
  };
}

export interface KeptPresharedKey extends PresharedFile {
  readonly network: string;
}

function parsePresharedLine(line: string): readonly KeptPresharedKey[] {
  const [, network = '', rest = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
  const file = parsePresharedFile(rest);
  return file === undefined ? [] : [{ network, ...file }];
}

/** The preshared keys that are kept, the newest last. */
export function keptPresharedKeysFact(
  inventory: Inventory,
  node: string,
): Question<readonly KeptPresharedKey[]> {
  return {
    script: eachKept(
      inventory,
      node,
      listPresharedKeys('"$kept/psk"', { prefix: `${PRESHARED_LINE}$network ` }),
    ),
    parse: ({ stdout }) => linesOf(stdout, PRESHARED_LINE).flatMap(parsePresharedLine),
  };
}
