import { readAuthority } from '../../shared/authority-file.js';
import type { StepContext, StepKind } from '../../step.js';
import { TAILNET_ADDRESSES, TAILNET_IDENTITY } from '../facts.js';
import { type Membership, membershipOf } from '../inventory/members.js';
import { explainTailscale } from '../join/explain.js';
import { loginOf } from './login.js';
import { planTailscale } from './plan.js';
import { refusalsOf } from './refusals.js';
import { type TailscaleSeen, tailscaleQuestion } from './seen.js';

type Context = StepContext<unknown>;

const isMember = ({ inventory, node }: Context): Membership | undefined => membershipOf(inventory, node.name);

/** The text of the login server's authority, or why it can't be had. */
function authorityOf({ tailnet: { ca } }: Membership): { readonly text?: string; readonly problem?: string } {
  return ca === undefined ? {} : readAuthority(ca);
}

/** Makes a node a member of its tailnet, with the settings of the inventory. */
export const tailscaleStep: StepKind<unknown, TailscaleSeen> = {
  kind: 'tailscale',
  schema: { type: 'object', additionalProperties: false, properties: {} },
  check: (context) => {
    const membership = isMember(context);
    if (membership === undefined) return [`${context.node.name} is in no tailnet; write \`on: tailnet\``];
    const { problem } = authorityOf(membership);
    return problem === undefined ? [] : [problem];
  },
  learns: ({ tailnets = [] }) => [
    { nodes: tailnets.flatMap(({ members }) => members.map(({ node }) => node)) },
  ],
  // Starting the daemon, joining, and waiting for an exit node.
  timeoutSeconds: () => 300,
  probe: () => tailscaleQuestion(),
  facts: (_context, { status }) => ({
    [TAILNET_ADDRESSES]: status?.state === 'Running' ? (status.self?.addresses ?? []).join(' ') : '',
    [TAILNET_IDENTITY]: status?.state === 'NeedsLogin' ? '' : (status?.self?.key ?? ''),
  }),
  refuse: (context, seen, facts) => {
    const membership = isMember(context);
    return membership === undefined ? [] : refusalsOf({ context, membership, seen, facts });
  },
  wantedReferences: (context, seen) => {
    const membership = isMember(context);
    const isIn = membership === undefined || ['joined', 'stopped'].includes(loginOf(membership, seen));
    return isIn ? [] : [membership.tailnet.authKey];
  },
  plan: (context, seen) => {
    const membership = isMember(context);
    if (membership === undefined) return [];
    return planTailscale({ context, membership, seen, authority: authorityOf(membership).text });
  },
  explain: (context, reply) => {
    const membership = isMember(context);
    return membership && explainTailscale(membership.tailnet, reply);
  },
};
