import { networksOf } from '../../../model/atlas.js';
import type { Inventory } from '../../../model/inventory.js';
import type { Question } from '../../../remote/question.js';
import { quote } from '../../../remote/quote.js';
import { reading, type Script, sh } from '../../../remote/script.js';
import { WHY_FORWARDS } from '../../host/forwarding/off/why-forwards.js';
import { FORWARDING_FOLDER, forwardingSysctlPath, loadedPath } from '../../host/forwarding/unit.js';
import { MANAGED } from '../../shared/managed.js';
import {
  listPresharedKeys,
  type PresharedFile,
  parsePresharedFile,
  presharedFolder,
} from '../keys/preshared-files.js';
import { keyPath } from '../keys/private-key.js';
import { KEEPS_AWAY } from '../ownership/keeps-away.js';
import { RECORD_PATTERN, recordPath } from '../ownership/record.js';
import { parseInterface, type SeenInterface } from '../tunnel/live.js';
import { configPath, HIDE_KEYS } from '../tunnel/readings.js';

/** An interface on a node that Bridgehead made, for any inventory, and that this one doesn't want there. */
export interface Left {
  readonly interface: string;
  readonly seen: SeenInterface;
  readonly presharedKeys: readonly PresharedFile[];
  /** Why kernel forwarding stays on without it; undefined if there is no reason. */
  readonly staysOn?: string;
  /** Its existing files and folders. */
  readonly files: readonly string[];
}

const SEPARATOR = '@@ left ';

/** Everything of an interface on disk; `name` is its name, or an sh word for it. */
export function filesOf(name: string): readonly string[] {
  return [
    configPath(name),
    keyPath(name),
    `${keyPath(name)}.damaged`,
    presharedFolder(name),
    recordPath(name),
    ...Object.values(KEEPS_AWAY).map((path) => path(name)),
    ...forwardingFilesOf(name),
  ];
}

export function forwardingFilesOf(name: string): readonly string[] {
  return [
    `${FORWARDING_FOLDER}/${name}.nft`,
    `${FORWARDING_FOLDER}/${name}.docker-user`,
    forwardingSysctlPath(name),
    loadedPath(name),
  ];
}

/**
 * sh that looks for interfaces of ours that are not among those wanted, by our records and by what our configurations begin
 * with. If there are none, the shell finds out without another program.
 */
function readLeft(wanted: readonly string[]): Script {
  const files = filesOf('$name')
    .map((path) => `"${path}"`)
    .join(' ');
  const script = `${WHY_FORWARDS}
left=
for file in ${RECORD_PATTERN} /etc/wireguard/*.conf; do
[ -f "$file" ] || continue
name=\${file##*/} line=
case $file in
${RECORD_PATTERN}) ;;
*) name=\${name%.conf}; read -r line <"$file"; case $line in ${quote(MANAGED)}*) ;; *) continue ;; esac ;;
esac
case " $left ${wanted.join(' ')} " in *" $name "*) continue ;; esac
left="$left $name"
echo "${SEPARATOR}$name"
systemctl show -p ActiveState -p UnitFileState "wg-quick@$name.service" 2>/dev/null
[ ! -f "${keyPath('$name')}" ] || echo "@own $(wg pubkey <"${keyPath('$name')}" 2>/dev/null)"
if [ -d "/sys/class/net/$name" ]; then echo '@mtu 0'; fi
if [ -f "${forwardingSysctlPath('$name')}" ] && why=$(why_stays_on "$name"); then echo "@stays-on $why"; fi
for one in ${files}; do [ ! -e "$one" ] || echo "@file $one"; done
${listPresharedKeys(`"${presharedFolder('$name')}"`, { variable: 'one', prefix: '@psk ' })}
if [ -f "${configPath('$name')}" ]; then echo '@config '; else echo @record; fi
${HIDE_KEYS} "${recordPath('$name')}" "${configPath('$name')}" 2>/dev/null
done`;
  return sh`left=${reading(script)}
[ -z "$left" ] || printf '%s\\n' "$left"`;
}

function parseLeft(stdout: string): readonly Left[] {
  return `\n${stdout}`
    .split(`\n${SEPARATOR}`)
    .slice(1)
    .map((block): Left => {
      const end = block.indexOf('\n');
      const text = end < 0 ? '' : block.slice(end + 1);
      const head = text.split(/^@(?:config |record$)/m)[0] ?? '';
      const staysOn = /^@stays-on (.*)$/m.exec(head)?.[1];
      return {
        ...(staysOn === undefined ? {} : { staysOn }),
        interface: end < 0 ? block : block.slice(0, end),
        seen: parseInterface(text),
        files: [...head.matchAll(/^@file (.*)$/gm)].map(([, path = '']) => path),
        presharedKeys: [...head.matchAll(/^@psk (.*)$/gm)].flatMap(
          ([, line = '']) => parsePresharedFile(line) ?? [],
        ),
      };
    });
}

/** Interfaces of ours that the inventory doesn't want on the node. It comes last if several things are asked. */
export function leftFact(inventory: Inventory, node: string): Question<readonly Left[]> {
  const wanted = networksOf(inventory, node).map((network) => network.interface);
  return { script: readLeft(wanted), parse: ({ stdout }) => parseLeft(stdout) };
}
