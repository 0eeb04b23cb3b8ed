import { TAILNET_LINK } from '../../../tailscale/daemon/paths.js';
import { type Admission, admits } from '../../../tailscale/live/admission.js';
import { portWord } from '../../validation.js';
import type { Why } from './outcome.js';
import type { Probe } from './probes.js';

/** A packet was sent into the tailnet, and the target's tailscaled didn't let it out: by its packet filter, or it never came there. */
export function lostInTailnet({ way, protocol, arrives }: Probe, admission: Admission | undefined): Why {
  const { from, to, source = from, address } = way;
  const port = portWord({ protocol, port: arrives });
  const lost = `it does not arrive on ${TAILNET_LINK} of ${to}`;
  const peers = `check what the gate tailscale-peers reports for ${from} and ${to}`;
  const letIn = `let ${from} reach ${port} of ${to} in the tailnet's policy (ACL)`;
  if (admission === undefined) {
    return { seen: `${lost}, and its tailscaled does not say what the tailnet's policy is`, fix: peers };
  }
  if (admission.shielded) {
    return {
      seen: `dropped by tailscaled of ${to}, which is set to let nothing in (--shields-up)`,
      fix: `run \`tailscale set --shields-up=false\` on ${to}`,
    };
  }
  switch (admits(admission, { source, target: address, protocol, port: arrives })) {
    case false:
      return {
        seen: `dropped by the tailnet's policy: ${lost}, whose tailscaled has no rule that lets ${source} in at ${port}`,
        fix: letIn,
      };
    case undefined:
      return {
        seen: `perhaps dropped by the tailnet's policy: ${lost}, and a rule there depends on what ${from} is allowed to do`,
        fix: letIn,
      };
    default:
      return { seen: `${lost}, though the tailnet's policy lets it in`, fix: peers };
  }
}

/** Whether the tailnet's policy forbids what was sent. */
export const isForbidden = ({ way, protocol, arrives }: Probe, admission: Admission | undefined): boolean =>
  way.device === TAILNET_LINK &&
  way.source !== undefined &&
  admission !== undefined &&
  admits(admission, { source: way.source, target: way.address, protocol, port: arrives }) === false;
