import { gateKinds, type Layer, stepKinds } from '../layer.js';
import { tailscaleKeyExpiry } from './gates/key-expiry.js';
import { tailscalePeers } from './gates/peers.js';
import { tailscaleRoutes } from './gates/routes.js';
import { lintTailnets } from './inventory/lints.js';
import { tailnetSchema } from './inventory/schema.js';
import { SELECTORS } from './inventory/selectors.js';
import { resolveTailnets } from './inventory/tailnets.js';
import { tailnetInLab } from './lab.js';
import { isRouter, membersOfChosen, tailnetUp } from './membership.js';
import { tailnetOpenings } from './openings.js';
import { retirement } from './retire/step.js';
import { tailscaleStep } from './steps/tailscale.js';
import { describeTailnets } from './validation.js';

/** Networks that Tailscale makes: joining, settings, routes and exit nodes. */
export const tailscale: Layer = {
  name: 'tailscale',
  schema: tailnetSchema,
  resolve: (work) => {
    const tailnets = resolveTailnets(work);
    return tailnets.length > 0 ? { tailnets } : {};
  },
  openings: tailnetOpenings,
  lintParts: lintTailnets,
  selectors: SELECTORS,
  retirement,
  asks: membersOfChosen,
  carries: isRouter,
  ready: tailnetUp,
  lab: tailnetInLab,
  describe: describeTailnets,
  steps: stepKinds(tailscaleStep),
  gates: gateKinds(tailscalePeers, tailscaleRoutes, tailscaleKeyExpiry),
};
