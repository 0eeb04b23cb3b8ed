import { all, conclude, count, END_LINE, only, readReplies } from './shared/reply.js';
import { parameters } from './shared/schema.js';
import type { Finding, GateKind } from './types.js';

const PROBE = `machine=
[ ! -r /etc/machine-id ] || read -r machine </etc/machine-id
echo "machine \${machine:-none}"
for file in /etc/ssh/ssh_host_*_key.pub; do
[ -r "$file" ] && read -r type key _ <"$file" && echo "host $type $key"
done
echo ${END_LINE}
`;

interface Identity {
  /** Undefined where it is made anew at each boot. */
  readonly machine: string | undefined;
  /** `ssh-ed25519 AAAA…`. */
  readonly hostKeys: readonly string[];
}

/** What a node has in common with another; nothing where they are two machines. */
function sharedBy(one: Identity, other: Identity): readonly string[] {
  const keys = one.hostKeys.filter((key) => other.hostKeys.includes(key)).map((key) => key.split(' ')[0]);
  return [
    ...(one.machine !== undefined && one.machine === other.machine ? ['machine-id'] : []),
    ...(keys.length > 0 ? [`SSH host key${keys.length > 1 ? 's' : ''} (${keys.join(', ')})`] : []),
  ];
}

const FIX: readonly [RegExp, string][] = [
  [
    /machine-id/,
    'a machine-id of its own (where DHCP goes by it, its address changes: have its console at hand)',
  ],
  [/host key/, 'SSH host keys of its own (known_hosts has to be given the new one)'],
];

/** No two nodes are copies of one machine: a machine-id and SSH host keys are one machine's alone. */
export const twins: GateKind<Readonly<Record<string, never>>> = {
  kind: 'twins',
  schema: parameters(),
  patience: 0,

  probe() {
    return PROBE;
  },

  verdict(context, replies) {
    const readings = readReplies(context, replies, (lines): Identity => {
      const [machine = ''] = only(lines, 'machine');
      return {
        machine: /^[0-9a-f]{32}$/.test(machine) ? machine : undefined,
        hostKeys: all(lines, 'host').map((words) => words.join(' ')),
      };
    });
    const nodes = [...readings.seen];
    const findings = nodes.flatMap(([node, identity]): Finding[] => {
      const base = { node, expected: 'machine-id and SSH host keys that no other node has' };
      const copies = nodes.flatMap(([peer, other]): Finding[] => {
        const shared = peer === node ? [] : sharedBy(identity, other);
        if (shared.length === 0) return [];
        const own = FIX.flatMap(([what, fix]) => (shared.some((one) => what.test(one)) ? [fix] : []));
        const seen = `it has the ${shared.join(' and the ')} of ${peer}: one is a copy of the other, or they are one machine`;
        return [{ ...base, node, peer, go: false, seen, fix: `give one of the two ${own.join(', and ')}` }];
      });
      return copies.length > 0 ? copies : [{ ...base, go: true, seen: 'its own' }];
    });
    return conclude(readings, findings, () => {
      const twin = new Set(findings.filter(({ go }) => !go).map(({ node }) => node));
      const total = nodes.length + readings.unread.length;
      return `${nodes.length - twin.size} of ${count(total, 'node')} no copy of another`;
    });
  },
};
