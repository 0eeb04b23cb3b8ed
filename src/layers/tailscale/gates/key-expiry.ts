import { count } from '../../../core/text.js';
import type { Finding, GateKind } from '../../gate.js';
import { amount } from '../../shared/amount.js';
import { parameters } from '../../shared/schema.js';
import { conclude } from '../../shared/verdict.js';
import { membershipIn, notInTailnet, notUp, type WithStatus, withStatus } from './members.js';

interface ExpiryParams {
  readonly days?: number;
}

/** Seconds since the epoch by the node's own clock. */
type Seen = WithStatus<number>;

const DEFAULT_DAYS = 14;
const DAY = 86_400;

/** The key of no node in its tailnet expires soon: with it, the node would drop out. */
export const tailscaleKeyExpiry: GateKind<ExpiryParams, Seen> = {
  kind: 'tailscale-key-expiry',
  schema: parameters({
    days: {
      type: 'number',
      minimum: 0,
      maximum: 180,
      description: `Days that a node's key must still be valid; default ${DEFAULT_DAYS}.`,
    },
  }),
  patience: 0,

  concerns: ({ tailnets = [] }) => tailnets.length > 0,

  probe: () => withStatus('echo "now $(date +%s)"\necho end\n', (lines) => Number(lines[0]?.[1])),

  verdict(context, readings) {
    const days = context.params.days ?? DEFAULT_DAYS;
    const findings = [...readings.seen].map(([node, { status, measured: now }]): Finding => {
      if (membershipIn(context, node) === undefined) return notInTailnet(node);
      const down = notUp(node, status);
      if (down !== undefined) return down;
      const base = { node, expected: `a key that is valid for ${count(days, 'day')} or longer` };
      if (status?.keyExpiry === undefined) return { ...base, go: true, seen: 'it never expires' };
      const left = status.keyExpiry / 1000 - now;
      const seen = left > 0 ? `it expires in ${amount(left)}` : `it expired ${amount(left)} ago`;
      if (left >= days * DAY) return { ...base, go: true, seen };
      return {
        ...base,
        go: false,
        seen,
        fix: `disable key expiry for ${node} on the login server; nodes with tags have none${left > 0 ? '' : '. Then run `bridgehead apply`, which joins it again'}`,
      };
    });
    return conclude(readings, findings, (go, all) => `keys of ${go} of ${count(all, 'node')} stay valid`);
  },
};
