import { all, END_LINE, fromLines, only } from '../../../remote/reply-lines.js';
import type { Finding, GateKind } from '../../gate.js';
import { pollFunction } from '../../shared/poll/poll.js';
import { parameters, type WithinParams, withinParameter } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import state from './reachable.sh';

interface Seen {
  readonly uid: string;
  readonly host: string;
  readonly system: string;
  readonly state: string;
}

/** States of systemd in which a node can be worked on, with what is worth showing about them. */
const WORKING: ReadonlyMap<string, string> = new Map([
  ['running', ''],
  ['degraded', ', systemd degraded (see `systemctl --failed`)'],
  ['offline', ', systemd not running'],
  ['none', ', no systemd'],
]);

function judge(node: string, { uid, host, system, state }: Seen): Finding {
  const base = { node, expected: 'answers as root, system started' };
  if (uid !== '0') {
    return {
      ...base,
      go: false,
      seen: `user id ${uid}`,
      fix: `allow the login of ${node} to become root with sudo`,
    };
  }
  const note = WORKING.get(state);
  if (note === undefined) {
    const fix = `wait until ${node} has started, or check \`systemctl list-jobs\` there`;
    return { ...base, go: false, seen: `systemd is ${state}`, fix };
  }
  return { ...base, go: true, seen: `root on ${host}, ${system}${note}` };
}

/** `Debian 12, 13; Ubuntu 24.04`. */
function systemsOf(seen: Iterable<Seen>): string {
  const versions = new Map<string, Set<string>>();
  for (const { system } of seen) {
    const [, name = system, version = ''] = /^(.*?)(?: ([\d.]+))?$/.exec(system) ?? [];
    versions.set(name, (versions.get(name) ?? new Set()).add(version));
  }
  return [...versions]
    .map(([name, numbers]) => `${name} ${[...numbers].sort().join(', ')}`.trim())
    .join('; ');
}

/** The node can be logged into, answers as root, and its system has started. */
export const reachable: GateKind<WithinParams, Seen> = {
  kind: 'reachable',
  schema: parameters(withinParameter),
  patience: 60,
  settling: 60,
  anew: true,

  probe(context) {
    return {
      script: `${pollFunction(context.patience)}${state}echo ${END_LINE}\n`,
      parse: fromLines((lines) => ({
        uid: only(lines, 'uid')[0] ?? '',
        host: only(lines, 'host')[0] ?? '',
        system: all(lines, 'system')[0]?.join(' ').replace(' GNU/Linux', '') ?? 'unknown system',
        state: only(lines, 'state')[0] ?? '',
      })),
    };
  },

  verdict(_context, readings) {
    const findings = [...readings.seen].map(([node, seen]) => judge(node, seen));
    return conclude(readings, findings, (go, all) => {
      const systems = systemsOf(readings.seen.values());
      return `${go} of ${all} node${all === 1 ? ' answers' : 's answer'} as root${systems === '' ? '' : ` (${systems})`}`;
    });
  },
};
