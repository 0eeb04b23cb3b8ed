import { explainUnwritable, mustSucceed } from '../../shared/failures.js';
import { networkStepSchema } from '../../shared/schema.js';
import type { StepKind } from '../../step.js';
import { presharedKeyFact } from '../facts.js';
import { keysOfMembers } from '../keys/learning.js';
import { presharedKeyFile } from '../keys/preshared-files.js';
import { peersOf, sharesKey } from '../overlay/peers.js';
import { interfaceOwnership } from '../ownership/claims.js';
import { unagreed } from './preshared-keys/agreement.js';
import { planNetwork } from './preshared-keys/plan.js';
import {
  type PresharedKeysParams,
  type PresharedKeysSeen,
  presharedKeysQuestion,
} from './preshared-keys/seen.js';

/**
 * A preshared key for each pair of peers, made here in memory, only kept on the two nodes, and unchanged while they agree.
 */
export const presharedKeysStep: StepKind<PresharedKeysParams, PresharedKeysSeen> = {
  kind: 'preshared-keys',
  claims: interfaceOwnership,
  learns: ({ networks }) =>
    networks
      .filter(({ presharedKeys, unmanaged }) => presharedKeys || unmanaged.some((peer) => peer.presharedKey))
      .map(keysOfMembers),
  schema: networkStepSchema,
  probe: (context) => mustSucceed(presharedKeysQuestion(context), 'the preshared keys'),
  // An empty fact means that there is none: facts of a run are never removed.
  facts: ({ inventory, node, networks }, seen) =>
    Object.fromEntries(
      networks.flatMap((network) =>
        peersOf(inventory, network, node.name)
          .filter((peer) => sharesKey(network, peer))
          .map((peer) => [
            presharedKeyFact(network.interface, peer.node),
            seen.get(presharedKeyFile(network.interface, peer.node))?.sha256 ?? '',
          ]),
      ),
    ),
  wantedSecrets: unagreed,
  plan: (context, seen, facts) =>
    context.networks.flatMap((network) =>
      planNetwork(context, network, seen, facts).map((change) => ({
        ...change,
        touches: {
          files: peersOf(context.inventory, network, context.node.name).map((peer) =>
            presharedKeyFile(network.interface, peer.node),
          ),
        },
      })),
    ),
  explain: (_context, reply) => {
    const line = /^(.+) needs the same preshared key, and this run may not change it$/m.exec(reply.stderr);
    if (!line) return explainUnwritable(reply);
    return {
      code: 'E_STEP',
      message: line[0],
      fix: `run without --only, or with --only for both nodes of the pair`,
    };
  },
};
