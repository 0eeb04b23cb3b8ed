import type { FragmentReply } from '../../../remote/program.js';
import { explainUnwritable, mustSucceed } from '../../shared/failures.js';
import type { Explanation, StepContext, StepKind } from '../../step.js';
import { resolverOf } from '../resolver/unit.js';
import { viewsOf } from '../views.js';
import { planDns, wantedViews } from './plan.js';
import { refuseDns } from './refuse.js';
import { type SeenDns, seenDns } from './seen.js';

type Params = Readonly<Record<string, never>>;

const NO_PROGRAM =
  /Failed to locate executable|Unable to locate executable|status=203\/EXEC|(?:dnsmasq|unbound-checkconf): (?:command )?not found/;

function explain({ inventory, node }: StepContext<Params>, reply: FragmentReply): Explanation | undefined {
  const { dns } = inventory;
  if (dns === undefined || !NO_PROGRAM.test(reply.stderr)) return explainUnwritable(reply);
  const { kind, package: name } = resolverOf(dns);
  return {
    code: 'E_STEP',
    message: `${node.name} has no ${kind}`,
    fix: `put a step "package: { names: [${name}] }" on the resolvers before this one`,
  };
}

/** What answers names on the nodes that serve. On all other nodes, what is left of it is removed. */
export const dnsStep: StepKind<Params, SeenDns> = {
  kind: 'dns',
  schema: { type: 'object', additionalProperties: false, properties: {} },
  probe: ({ inventory, node }) =>
    mustSucceed(
      seenDns(inventory.dns?.serve.includes(node.name) === true ? viewsOf(inventory, node.name) : []),
      'what answers names',
    ),
  // systemd gives a unit 90 s to stop and 90 s to start.
  timeoutSeconds: () => 240,
  refuse: ({ inventory, node }, seen, facts) =>
    refuseDns(inventory, node.name, seen, wantedViews(inventory, facts, node.name)),
  plan: ({ inventory, node }, seen, facts) => planDns(inventory, node.name, seen, facts),
  explain,
};
