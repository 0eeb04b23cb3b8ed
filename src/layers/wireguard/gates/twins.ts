import { count } from '../../../core/text.js';
import { type Identity, identityFact, isOneMachine } from '../../../facts/machine/identity.js';
import { isMember } from '../../../model/atlas.js';
import type { Finding, GateContext, GateKind } from '../../gate.js';
import { parameters } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';

/** The name of a network that both are members of. */
const inOneNetwork = ({ inventory }: GateContext<unknown>, node: string, peer: string): string | undefined =>
  inventory.networks.find((network) => isMember(network, node) && isMember(network, peer))?.name;

/** What two nodes have in common; empty if they are separate machines. */
function sharedBy(one: Identity, other: Identity): readonly string[] {
  const keys = one.hostKeys.filter((key) => other.hostKeys.includes(key)).map((key) => key.split(' ')[0]);
  return [
    ...(one.machine !== undefined && one.machine === other.machine ? ['machine-id'] : []),
    ...(keys.length > 0 ? [`SSH host key${keys.length > 1 ? 's' : ''} (${keys.join(', ')})`] : []),
  ];
}

const NOTED_FIX =
  'not urgent, the network works anyway: when one of the two is next reinstalled, give it its own identity; until then known_hosts may confuse them, and a DHCP server may give both the same address';

/** No two nodes are the same machine; copies of a machine, which share an identity, are noted. */
export const twins: GateKind<Readonly<Record<string, never>>, Identity> = {
  kind: 'twins',
  schema: parameters(),
  patience: 0,

  probe: () => identityFact,

  verdict(context, readings) {
    const nodes = [...readings.seen];
    const findings = nodes.flatMap(([node, identity]): Finding[] => {
      const base = { node, expected: 'its own machine-id and SSH host keys' };
      const copies = nodes.flatMap(([peer, other]): Finding[] => {
        const shared = peer === node ? [] : sharedBy(identity, other);
        if (shared.length === 0) return [];
        const meet = inOneNetwork(context, node, peer);
        if (isOneMachine(identity, other) && meet !== undefined) {
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
      return `${nodes.length - twin.size} of ${count(total, 'node')} not a copy of another`;
    });
  },
};
