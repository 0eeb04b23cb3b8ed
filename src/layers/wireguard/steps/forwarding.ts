import { familyOf } from '../../../model/address.js';
import { memberOf } from '../../../model/atlas.js';
import type { Network } from '../../../model/inventory.js';
import { forwardsPackets, subnetsOf } from '../../../model/shape.js';
import { MARK_KEY } from '../../host/forwarding/closed.js';
import { parseForwarding, probeForwarding, type SeenForwarding } from '../../host/forwarding/live.js';
import {
  planForwarding,
  planNothing,
  planShared,
  type WantedForwarding,
} from '../../host/forwarding/plan.js';
import { FORWARDING_KEYS } from '../../host/forwarding/switches.js';
import { touchedByForwarding } from '../../host/forwarding/touched.js';
import { explainUnwritable, probeOutput } from '../../shared/failures.js';
import { networkStepSchema } from '../../shared/schema.js';
import type { StepContext, StepKind } from '../../step.js';
import { limitedSources } from '../forwarding/limited-sources.js';
import { forwardingRuleset } from '../forwarding/table.js';
import { passagesOf } from '../overlay/passages.js';
import { interfaceOwnership } from '../ownership/claims.js';

export interface ForwardingParams {
  readonly network?: string;
}

function wantedOf({ inventory, node }: StepContext<ForwardingParams>, network: Network): WantedForwarding {
  const { addresses } = memberOf(network, node.name);
  const families = new Set([...addresses, ...subnetsOf(network, node.name)].map(familyOf));
  const closed = limitedSources(network, node.name);
  return {
    interface: network.interface,
    ruleset: forwardingRuleset(inventory, network, node.name),
    keys: [
      ...[...families].sort().map((family) => FORWARDING_KEYS[family]),
      ...(closed.some((source) => familyOf(source) === 4) ? [MARK_KEY] : []),
    ],
    passages: passagesOf(inventory, network, node.name),
    closed,
  };
}

/** The networks for which the node forwards packets. */
function forwardingOn({ inventory, node, networks }: StepContext<ForwardingParams>): readonly Network[] {
  return networks.filter((network) => forwardsPackets(inventory, network, node.name));
}

/** Families in which the reach of a hub's clients is limited. */
function limitedFamilies({ node, networks }: StepContext<ForwardingParams>): readonly (4 | 6)[] {
  const sources = networks.flatMap((network) => limitedSources(network, node.name));
  return ([4, 6] as const).filter((family) => sources.some((source) => familyOf(source) === family));
}

/**
 * What hubs, relays and gateways pass on: kernel settings, a table of our own, and just the rules that UFW and Docker
 * need. On other members it removes what was left of that.
 */
export const forwardingStep: StepKind<ForwardingParams, SeenForwarding> = {
  kind: 'forwarding',
  claims: interfaceOwnership,
  schema: networkStepSchema,
  probe: (context) => ({
    script: probeForwarding(
      context.networks.map((network) => network.interface),
      forwardingOn(context).map((network) => network.interface),
      limitedFamilies(context),
    ),
    parse: (reply) => parseForwarding(probeOutput(reply, 'what the node forwards')),
  }),
  plan: (context, seen) => {
    const touches = touchedByForwarding(
      context.networks.map((network) => network.interface),
      seen,
    );
    const forwarding = forwardingOn(context);
    const others = context.networks.filter((network) => !forwarding.includes(network));
    return [
      ...planForwarding(
        forwarding.map((network) => wantedOf(context, network)),
        seen,
      ),
      ...planNothing(
        others.map((network) => network.interface),
        seen,
      ),
      ...(forwarding.length === 0 ? planShared(seen) : []),
    ].map((change) => ({ ...change, touches, guarded: true }));
  },
  explain: (_context, reply) => {
    if (/^nft is not installed$/m.test(reply.stderr)) {
      return {
        code: 'E_STEP',
        message: 'nft is not installed',
        fix: 'add the package nftables to an earlier phase, `on: forwarding`',
      };
    }
    return explainUnwritable(reply);
  },
};
