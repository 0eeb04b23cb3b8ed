import { gateKinds, type Layer, stepKinds } from '../layer.js';
import { adoptStep } from './adopt/step.js';
import { endpoints } from './gates/endpoints.js';
import { forwarding } from './gates/forwarding.js';
import { handshake } from './gates/handshake.js';
import { keys } from './gates/keys.js';
import { lan } from './gates/lan.js';
import { listener } from './gates/listener.js';
import { pathMtu } from './gates/path-mtu.js';
import { peers } from './gates/peers.js';
import { ping } from './gates/ping.js';
import { presharedKeys } from './gates/preshared-keys.js';
import { pristine } from './gates/pristine.js';
import { routes } from './gates/routes.js';
import { transfer } from './gates/transfer.js';
import { twins } from './gates/twins.js';
import { wireguardSupport } from './gates/wireguard-support.js';
import { resolveNetworks } from './inventory/networks.js';
import { REACH_WORDS } from './inventory/reserved-names.js';
import { networksSchema } from './inventory/schema.js';
import { SELECTORS } from './inventory/selectors.js';
import { lintParts } from './lints/lint.js';
import { lintReachability } from './lints/reachability.js';
import { interfacesUp, isCarrier, peersOfChosen } from './membership.js';
import { networkOpenings } from './openings.js';
import { retirement } from './retire/retirement.js';
import { forwardingStep } from './steps/forwarding.js';
import { presharedKeysStep } from './steps/preshared-keys.js';
import { wireguardStep } from './steps/wireguard.js';
import { wireguardKeysStep } from './steps/wireguard-keys.js';
import { networkValues } from './template-values.js';
import { describeNetworks } from './validation.js';

/** The overlays: keys, tunnels, forwarding between them, and clients. */
export const wireguard: Layer = {
  name: 'wireguard',
  schema: networksSchema,
  resolve: (work) => ({ networks: resolveNetworks(work) }),
  openings: networkOpenings,
  lintParts,
  lintWhole: lintReachability,
  selectors: SELECTORS,
  reservedNames: REACH_WORDS,
  values: networkValues,
  retirement,
  asks: peersOfChosen,
  carries: isCarrier,
  ready: interfacesUp,
  describe: describeNetworks,
  steps: stepKinds(wireguardKeysStep, presharedKeysStep, forwardingStep, wireguardStep),
  commandSteps: stepKinds(adoptStep),
  gates: gateKinds(
    twins,
    pristine,
    wireguardSupport,
    keys,
    forwarding,
    listener,
    routes,
    peers,
    presharedKeys,
    handshake,
    ping,
    endpoints,
    transfer,
    pathMtu,
    lan,
  ),
};
