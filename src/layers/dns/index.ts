import { gateKinds, type Layer, stepKinds } from '../layer.js';
import { dnsGate } from './gates/dns.js';
import { INSIDE_WORDS, resolveDns } from './inventory/dns.js';
import { dnsSchema } from './inventory/schema.js';
import { lintDns } from './lints.js';
import { dnsOpenings } from './openings.js';
import { dnsStep } from './steps/dns.js';
import { describeDns } from './validation.js';

/** Split DNS: names that answer inside the LANs and overlays, and what has to be published for the internet. */
export const dns: Layer = {
  name: 'dns',
  schema: dnsSchema,
  resolve: (work) => {
    const resolved = resolveDns(work);
    return resolved === undefined ? {} : { dns: resolved };
  },
  openings: dnsOpenings,
  lintParts: lintDns,
  selectors: [
    {
      word: 'resolvers',
      meaning: 'the nodes that answer names',
      selects: ({ dns: wanted }, node) => wanted?.serve.includes(node) === true,
    },
  ],
  reservedNames: INSIDE_WORDS,
  describe: describeDns,
  steps: stepKinds(dnsStep),
  gates: gateKinds(dnsGate),
};
