import type { Paint } from '../colour.js';
import { indent, table } from '../table.js';
import { wrapWords } from '../text.js';

/** A machine as detected. */
export interface FoundMachine {
  readonly name: string;
  /** `Debian 12 x86_64`. */
  readonly system: string;
  readonly lan: string;
  readonly publicAddress: string;
}

/** What was detected, before anything is decided. */
export interface FoundView {
  readonly machines: readonly FoundMachine[];
  /** A sentence for each LAN. */
  readonly lans: readonly string[];
  /** Obstacles and remarks, each beginning with the machines that it concerns. */
  readonly notes: readonly string[];
}

/** A table of the machines, their LANs, and the notes, as wide as the terminal. */
export function foundText({ machines, lans, notes }: FoundView, paint: Paint, width: number): string {
  const rows = machines.map(({ name, system, lan, publicAddress }) => [name, system, lan, publicAddress]);
  const [head = '', ...lines] = table([['machine', 'system', 'in LAN', 'public address'], ...rows]);
  return [
    '',
    indent([paint.faint(head), ...lines].join('\n'), 2),
    ...(lans.length > 0 ? ['', ...lans.flatMap((lan) => hanging(lan, '  ', width))] : []),
    ...(notes.length > 0
      ? ['', ...notes.flatMap((note) => hanging(note, `  ${paint.warn('!')} `, width))]
      : []),
    '',
    '',
  ].join('\n');
}

/** Text after a mark, with its further lines indented by four columns. */
function hanging(text: string, mark: string, width: number): string[] {
  const [first = '', ...rest] = wrapWords(text, width - 4);
  return [`${mark}${first}`, ...rest.map((line) => `    ${line}`)];
}

export interface KeyView {
  readonly machine: string;
  readonly type: string;
  readonly fingerprint: string;
}

/** Host keys to compare, one per line. */
export function keysText(keys: readonly KeyView[]): string {
  const rows = keys.map(({ machine, type, fingerprint }) => [machine, type, fingerprint]);
  return [
    '',
    'Host keys that known_hosts does not have:',
    '',
    indent(table(rows).join('\n'), 2),
    '',
    "Compare them with the machines' own, each on its console:",
    '  ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub',
    '',
    '',
  ].join('\n');
}

export interface ForwardView {
  readonly router: string | undefined;
  readonly site: string;
  readonly port: number;
  readonly node: string;
  readonly address: string;
  readonly nodePort: number;
}

/** The table of forwards to enter into each router. */
export function forwardsText(forwards: readonly ForwardView[], width: number): string {
  const sites = [...new Set(forwards.map(({ site }) => site))];
  return sites
    .map((site) => {
      const own = forwards.filter((one) => one.site === site);
      const router = own[0]?.router;
      const rows = own.map(({ node, port, address, nodePort }) => [
        node,
        'UDP',
        String(port),
        address,
        String(nodePort),
      ]);
      const lines = table([['name', 'protocol', 'external port', 'to address', 'to port'], ...rows]);
      const where = router === undefined ? '' : `, usually at http://${router}`;
      return [
        '',
        ...wrapWords(
          `Enter these port forwards into the router of ${site}${where}, and have it always give these machines the same addresses:`,
          width,
        ),
        '',
        indent(lines.join('\n'), 2),
        '',
        '',
      ].join('\n');
    })
    .join('');
}
