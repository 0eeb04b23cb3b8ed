import { explainUnwritable } from '../../shared/failures.js';
import { parameters } from '../../shared/schema.js';
import type { StepKind, Touched } from '../../step.js';
import { OWN_PATHS, planClosed } from '../plan.js';
import { firewallQuestion, type SeenFirewall } from '../probe/seen.js';
import { whyNot } from '../refuse.js';
import { FOLDER, UNIT } from '../table/paths.js';

/** All that closing or opening a node may write; the live rules are kept with the network. */
export const TOUCHED: Touched = { files: [FOLDER, ...OWN_PATHS], units: [UNIT], network: true };

/** Closes the nodes that firewall rules name, except for their openings. */
export const firewallStep: StepKind<Record<string, never>, SeenFirewall> = {
  kind: 'firewall',
  schema: parameters(),
  probe: firewallQuestion,
  refuse: ({ inventory, node }, seen) =>
    inventory.closed.includes(node.name) ? whyNot({ inventory, node: node.name, seen }) : [],
  plan: ({ inventory, node }, seen) =>
    inventory.closed.includes(node.name)
      ? planClosed(inventory, node.name, seen).map((change) => ({
          ...change,
          touches: TOUCHED,
          guarded: true,
        }))
      : [],
  explain: (_context, reply) => {
    if (/^nft is not installed$/m.test(reply.stderr)) {
      return {
        code: 'E_STEP',
        message: 'nft is not installed',
        fix: 'add the package nftables to an earlier phase, `on: closed`',
      };
    }
    return explainUnwritable(reply);
  },
};
