import { gateKinds, type Layer, stepKinds } from '../layer.js';
import { droppedBy } from './gates/dropped-by.js';
import { exposure } from './gates/exposure.js';
import { tailscaleAcl } from './gates/tailscale-acl.js';
import { lintRules } from './inventory/lints.js';
import { firewallOpenings } from './inventory/openings.js';
import { deriveRules } from './inventory/rules.js';
import { firewallSchema } from './inventory/schema.js';
import { SOURCE_WORDS } from './inventory/sources.js';
import { firewallStep } from './steps/firewall.js';
import { retirement } from './steps/open.js';
import { describeFirewall } from './validation.js';

/** Who may reach which ports of the nodes. */
export const firewall: Layer = {
  name: 'firewall',
  schema: firewallSchema,
  derive: deriveRules,
  openings: firewallOpenings,
  lintParts: lintRules,
  selectors: [
    {
      word: 'closed',
      meaning: 'the nodes that a firewall rule names',
      selects: ({ closed }, node) => closed.includes(node),
    },
  ],
  reservedNames: SOURCE_WORDS,
  describe: describeFirewall,
  retirement,
  steps: stepKinds(firewallStep),
  gates: gateKinds(exposure, droppedBy, tailscaleAcl),
};
