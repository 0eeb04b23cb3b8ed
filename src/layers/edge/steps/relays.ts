import { familyOf } from '../../../model/address.js';
import { inParts } from '../../../remote/question.js';
import { parseForwarding, probeForwarding, type SeenForwarding } from '../../host/forwarding/live.js';
import { planForwarding, planNothing, planShared } from '../../host/forwarding/plan.js';
import { FORWARDING_KEYS } from '../../host/forwarding/switches.js';
import { touchedByForwarding } from '../../host/forwarding/touched.js';
import { classifyPackageFailure } from '../../host/steps/package.js';
import { explainUnwritable, probeOutput } from '../../shared/failures.js';
import type { Change, Facts, StepContext, StepKind } from '../../step.js';
import { appsAt } from '../registry.js';
import { refuseHeld } from '../relays/holders.js';
import { isForeign, planOwner, refuseForeign } from '../relays/owner.js';
import { packagesOf, planPackages, planProgram, planRemovals } from '../relays/plan-programs.js';
import { relaysFact, type SeenRelays } from '../relays/seen.js';
import { APPS, closedTunnels, isForwarded, relayPassages, relayRuleset } from '../relays/table.js';
import { programsOf } from '../relays/units.js';
import { type Relayed, relayedAt } from '../relays/wanted.js';

type Params = Readonly<Record<string, never>>;

interface Seen {
  readonly relays: SeenRelays;
  readonly forwarding: SeenForwarding;
}

/** Kernel settings for packets that leave the node again. */
const keysOf = (relayed: readonly Relayed[]): string[] => {
  const targets = relayed.filter(isForwarded).flatMap(({ app }) => app.to.address ?? []);
  return [...new Set(targets.map(familyOf))].sort().map((family) => FORWARDING_KEYS[family]);
};

/** The table that rewrites packets to apps and keeps all but edges from programs, and what other firewalls have to let through. */
function planTable(
  { inventory, node }: StepContext<Params>,
  relayed: readonly Relayed[],
  seen: SeenForwarding,
): Change[] {
  const tunnels = closedTunnels(inventory, node.name, relayed).join(', ');
  const ends = `what ${node.name} has forwarded into ${tunnels} or from it for other machines ends; its own containers and guests may still send into it`;
  const changes =
    relayed.length === 0
      ? [...planNothing([APPS], seen), ...planShared(seen)]
      : planForwarding(
          [
            {
              interface: APPS,
              ruleset: relayRuleset(inventory, node.name, relayed),
              purpose: 'the nftables table that leads edges, and nobody else, from the overlay to the apps',
              keys: keysOf(relayed),
              passages: relayPassages(inventory, relayed),
              closed: [],
              ...(tunnels !== '' && { ends }),
            },
          ],
          seen,
        );
  const touches = touchedByForwarding([APPS], seen);
  return changes.map((change) => ({ ...change, touches, guarded: true }));
}

const relayedFor = ({ inventory, node }: StepContext<Params>, facts: Facts): Relayed[] =>
  relayedAt(inventory, facts, node.name);

/** From the overlay to the sockets of a node's apps, by packets that are rewritten or by programs; what is no longer wanted is removed. */
export const relaysStep: StepKind<Params, Seen> = {
  kind: 'relays',
  schema: { type: 'object', additionalProperties: false, properties: {} },
  probe: ({ inventory, node }) => {
    const apps = appsAt(inventory, node.name).filter(({ relay }) => relay !== 'direct');
    return inParts({
      relays: relaysFact(apps.map(({ port }) => port)),
      forwarding: {
        script: probeForwarding([APPS], apps.length > 0 ? [APPS] : []),
        parse: (reply) => parseForwarding(probeOutput(reply, 'what the node forwards')),
      },
    });
  },
  timeoutSeconds: () => 900,
  refuse: (context, { relays }, facts) => {
    const relayed = relayedFor(context, facts);
    if (relayed.length > 0 && isForeign(context, relays)) return [refuseForeign(context, relays)];
    return refuseHeld(context.node.name, relayed, relays);
  },
  plan: (context, seen, facts) => {
    if (isForeign(context, seen.relays)) return [];
    const relayed = relayedFor(context, facts);
    const programs = programsOf(relayed);
    const packages = [...packagesOf(programs), ...(relayed.length > 0 ? ['nftables'] : [])];
    return [
      ...planOwner(context, seen.relays, relayed.length > 0),
      ...planPackages(packages, seen.relays),
      ...planRemovals(programs, seen.relays),
      ...planTable(context, relayed, seen.forwarding),
      ...programs.flatMap((program) => planProgram(program, seen.relays)),
    ];
  },
  explain: (_context, reply) => explainUnwritable(reply) ?? classifyPackageFailure(reply),
};
