import { inParts, type Question } from '../../../remote/question.js';
import { fromLines, type Lines } from '../../../remote/reply-lines.js';
import type { Sh } from '../../../remote/script.js';
import type { Finding, GateContext } from '../../gate.js';
import { type Membership, membershipOf } from '../inventory/members.js';
import { STATUS } from '../live/ask.js';
import type { SeenStatus } from '../live/status.js';

export const membershipIn = ({ inventory }: GateContext<unknown>, node: string): Membership | undefined =>
  membershipOf(inventory, node);

export const notInTailnet = (node: string): Finding => ({
  go: true,
  node,
  expected: 'nothing to measure',
  seen: 'in no tailnet',
});

export interface WithStatus<S> {
  readonly status: SeenStatus | undefined;
  readonly measured: S;
}

/** What tailscaled says, besides what a script of lines has measured. */
export function withStatus<S>(script: Sh, parse: (lines: Lines) => S): Question<WithStatus<S>> {
  const measured: Question<S> = { script, parse: fromLines(parse) };
  return inParts({ measured, status: STATUS });
}

const STATES: Readonly<Record<string, readonly [string, string]>> = {
  NeedsLogin: [
    'is logged out',
    'run apply: it joins again with the key; if it was removed on the login server, that is why',
  ],
  NeedsMachineAuth: ['awaits approval', 'approve it on the login server'],
  Stopped: ['was switched off', 'run apply, or `tailscale up` on it'],
  Starting: ['waits for the login server', 'check that the login server runs and that the node reaches it'],
};

/** The STOP for a node that is not in its tailnet now; undefined for one that is. */
export function notUp(node: string, status: SeenStatus | undefined): Finding | undefined {
  if (status?.state === 'Running') return undefined;
  const [seen, fix] = STATES[status?.state ?? ''] ?? [
    'tailscaled does not run',
    `look at \`journalctl -u tailscaled\` on ${node}, and run apply`,
  ];
  const health = status?.health[0];
  return {
    go: false,
    node,
    expected: 'in the tailnet',
    seen: health === undefined ? seen : `${seen}: ${health}`,
    fix,
  };
}
