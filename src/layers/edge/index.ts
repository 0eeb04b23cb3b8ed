import { gateKinds, type Layer, stepKinds } from '../layer.js';
import { app } from './gates/app.js';
import { certificates } from './gates/certificates.js';
import { publicNames } from './gates/public-names.js';
import { resolveApps } from './inventory/apps.js';
import { resolveEdges } from './inventory/edges.js';
import { edgeSchema } from './inventory/schema.js';
import { edgeInLab } from './lab.js';
import { lintApps } from './lints/lint.js';
import { appOpenings } from './openings.js';
import { describeRegistry, SELECTORS } from './registry.js';
import { certificatesStep } from './steps/certificates.js';
import { proxyStep } from './steps/proxy.js';
import { relaysStep } from './steps/relays.js';

/** Apps at home that visitors from the internet reach through an edge. */
export const edge: Layer = {
  name: 'edge',
  schema: edgeSchema,
  resolve: (work) => ({ edges: resolveEdges(work), apps: resolveApps(work) }),
  openings: appOpenings,
  lintParts: lintApps,
  selectors: SELECTORS,
  describe: describeRegistry,
  lab: edgeInLab,
  steps: stepKinds(relaysStep, proxyStep, certificatesStep),
  gates: gateKinds(publicNames, certificates, app),
};
