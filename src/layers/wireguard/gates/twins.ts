import { count } from '../../../core/text.js';
import { isMember } from '../../../model/atlas.js';
import { all, END_LINE, fromLines, only } from '../../../remote/reply-lines.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { parameters } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import identity from './twins.sh';

interface Identity {
  /** Undefined where it is made anew at each boot. */
  readonly machine: string | undefined;
  /** `ssh-ed25519 AAAA…`. */
  readonly hostKeys: readonly string[];
  /** The boot, and the tick of it in which init was started; undefined where they can't be read. */
  readonly running: string | undefined;
}

/** The name of a network that both are members of. */
const inOneNetwork = ({ inventory }: GateContext<unknown>, node: string, peer: string): string | undefined =>
  inventory.networks.find((network) => isMember(network, node) && isMember(network, peer))?.name;

/** What a node has in common with another; nothing where they are two machines. */
function sharedBy(one: Identity, other: Identity): readonly string[] {
  const keys = one.hostKeys.filter((key) => other.hostKeys.includes(key)).map((key) => key.split(' ')[0]);
  return [
    ...(one.machine !== undefined && one.machine === other.machine ? ['machine-id'] : []),
    ...(keys.length > 0 ? [`SSH host key${keys.length > 1 ? 's' : ''} (${keys.join(', ')})`] : []),
  ];
}

/**
 * Whether two nodes are one machine that is dialled in two ways. An init that was started in the same tick of the same boot
 * is one process, unless two machines have all of that in common by chance.
 */
const isOne = (one: Identity, other: Identity): boolean =>
  one.running !== undefined &&
  one.running === other.running &&
  one.machine === other.machine &&
  one.hostKeys.length > 0 &&
  one.hostKeys.every((key) => other.hostKeys.includes(key));

const NOTED_FIX =
  'not urgent, the network works anyway: when one of the two is next reinstalled, give it its own identity; until then known_hosts may confuse them, and a DHCP server may give both the same address';

/** No two nodes are one machine; and those that are copies of each other are noted, for they share an identity. */
export const twins: GateKind<Readonly<Record<string, never>>, Identity> = {
  kind: 'twins',
  schema: parameters(),
  patience: 0,

  probe() {
    return {
      script: `${identity}echo ${END_LINE}\n`,
      parse: fromLines((lines) => {
        const [machine = ''] = only(lines, 'machine');
        const running = only(lines, 'running').join(' ');
        return {
          machine: /^[0-9a-f]{32}$/.test(machine) ? machine : undefined,
          hostKeys: all(lines, 'host').map((words) => words.join(' ')),
          running: /^[0-9a-f-]{36} \d+$/.test(running) ? running : undefined,
        };
      }),
    };
  },

  verdict(context, readings) {
    const nodes = [...readings.seen];
    const findings = nodes.flatMap(([node, identity]): Finding[] => {
      const base = { node, expected: 'its own machine-id and SSH host keys' };
      const copies = nodes.flatMap(([peer, other]): Finding[] => {
        const shared = peer === node ? [] : sharedBy(identity, other);
        if (shared.length === 0) return [];
        const meet = inOneNetwork(context, node, peer);
        if (isOne(identity, other) && meet !== undefined) {
          return [
            {
              node,
              peer,
              go: false,
              expected: 'a separate machine for each node',
              seen: `both are the same machine: same host keys, machine-id and boot; it can't be two members of network ${meet}`,
              fix: `check the \`ssh\` settings of ${node} and ${peer} in ${context.inventory.file}: correct the wrong one, or remove one of the two nodes`,
            },
          ];
        }
        const seen = `it has the ${shared.join(' and the ')} of ${peer}: one is a copy of the other`;
        return [{ ...base, peer, go: true, noted: true, seen, fix: NOTED_FIX }];
      });
      return copies.length > 0 ? copies : [{ ...base, go: true, seen: 'its own' }];
    });
    return conclude(readings, findings, () => {
      const twin = new Set(findings.filter(({ go, noted }) => !go || noted).map(({ node }) => node));
      const total = nodes.length + readings.unread.length;
      return `${nodes.length - twin.size} of ${count(total, 'node')} no copy of another`;
    });
  },
};
