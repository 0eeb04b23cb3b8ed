import { Secret } from '../../../src/core/secret.js';
import { RunSecrets } from '../../../src/layers/pair-secrets.js';
import type { TailscaleSeen } from '../../../src/layers/tailscale/steps/seen.js';
import { tailscaleStep } from '../../../src/layers/tailscale/steps/tailscale.js';
import { NO_FACTS, stepContext } from '../../support/step-context.js';
import { INVENTORY, joined, membership, nodeOf, prefs, untouched } from '../tailscale/fixture.js';
import type { Trial } from './one-failure.js';

/** What brings a node into its tailnet, and what sets it there. */
export function tailscaleTrials(): Trial[] {
  const plan = (name: string, seen: TailscaleSeen) => {
    const secrets = new RunSecrets();
    secrets.keep(membership(name, INVENTORY).tailnet.authKey, new Secret('tskey-auth-x'));
    const node = nodeOf(name, INVENTORY);
    return tailscaleStep.plan(
      stepContext<unknown>({}, { inventory: INVENTORY, node, networks: [], secrets }),
      seen,
      NO_FACTS,
    );
  };
  const changes = [
    ...plan('wk-1', untouched()),
    ...plan('edge', joined('edge', { prefs: prefs('edge', { acceptDns: true }) })),
  ];
  return changes.map(({ summary, script }) => ({
    summary,
    script,
    files: { '/proc/sys/net/ipv4/ip_forward': '0' },
  }));
}
