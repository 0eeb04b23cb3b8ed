import { bareAddress, contains, spanOf } from '../../../../model/address.js';
import type { Network } from '../../../../model/inventory.js';
import { quote } from '../../../../remote/quote.js';
import { all, type Lines } from '../../../../remote/reply-lines.js';
import netdevs from './netdevs.sh';
import type { Problem } from './problem.js';

/** A tunnel that the next boot will start, whether it runs now or not. */
export interface AtBoot {
  /** Such as `wg-quick@wg1.service`, or the path of a file. */
  readonly owner: string;
  readonly interface: string;
  readonly ports: readonly string[];
  /** As written, with prefix lengths. */
  readonly addresses: readonly string[];
}

const SETTING = (key: string): string => `s/^[[:space:]]*${key}[[:space:]]*=[[:space:]]*//p`;

/**
 * sh that reads other tunnels which the next boot will start; if there are none, the shell finds out without another
 * program.
 */
export function probeNextBoot(wanted: readonly string[]): string {
  return `for link in /etc/systemd/system/*.wants/wg-quick@*.service; do
[ -L "$link" ] || continue
name=\${link##*/wg-quick@} name=\${name%.service}
case ${quote(` ${wanted.join(' ')} `)} in *" $name "*) continue ;; esac
conf=/etc/wireguard/$name.conf
[ -f "$conf" ] || continue
echo "boot $name wg-quick@$name.service port $(sed -n '${SETTING('[Ll]isten[Pp]ort')}' "$conf" | tr -c '0-9\\n' ' ')" | tr '\\n' ' '; echo
echo "boot $name wg-quick@$name.service address $(sed -n '${SETTING('[Aa]ddress')}' "$conf" | tr ',' ' ')" | tr '\\n' ' '; echo
done
${netdevs.trimEnd()}`;
}

export function parseNextBoot(lines: Lines): readonly AtBoot[] {
  const found = new Map<string, AtBoot>();
  for (const [name = '', owner = '', kind, ...values] of all(lines, 'boot')) {
    const { ports = [], addresses = [] } = found.get(owner) ?? {};
    const more = { owner, interface: name, ports, addresses };
    found.set(owner, kind === 'port' ? { ...more, ports: values } : { ...more, addresses: values });
  }
  return [...found.values()];
}

/** What will conflict with a network when the machine boots, except for the interfaces in `apart`. */
export function bootConflicts(
  { name, interface: device, port, ranges }: Network,
  node: string,
  boot: readonly AtBoot[],
  apart: ReadonlySet<string>,
): readonly Problem[] {
  const spans = ranges.map(spanOf);
  return boot
    .filter((one) => one.interface !== device && !apart.has(one.interface))
    .flatMap(({ owner, ports, addresses }) => {
      const inside = addresses.filter((cidr) => spans.some((span) => contains(span, bareAddress(cidr))));
      const clashes = [
        ...(ports.includes(String(port)) ? [['port', `UDP port ${port}`]] : []),
        ...(inside.length > 0 ? [['range', inside.join(', ')]] : []),
      ];
      return clashes.map(([what = '', thing = '']) => ({
        expected: `nothing else that takes ${thing} at the next boot`,
        seen: `${owner} is enabled and takes it`,
        fix: `give network ${name} another ${what}; or, if ${node} no longer needs ${owner}, have whoever set it up disable it`,
      }));
    });
}
