import type { Question } from '../../../remote/question.js';
import type { Retirement } from '../../layer.js';
import { inventoryOf } from '../../shared/managed.js';
import type { Change, StepKind } from '../../step.js';
import { planFirewalldRetirement } from '../firewalld/plan.js';
import { removeScript } from '../plan.js';
import { firewallQuestion, type SeenFirewall } from '../probe/seen.js';
import { planUfwRetirement } from '../ufw/plan.js';
import { sshPortsOf } from '../wanted.js';
import { TOUCHED } from './firewall.js';

/** Whether what is there was made for this inventory. */
function isOurs(name: string, { rules }: SeenFirewall): boolean {
  return rules.type === 'file' && inventoryOf(rules.content ?? '') === name;
}

/** The changes that remove it, but never the only rule that lets a login in. */
export function openAgain(node: string, seen: SeenFirewall): Change[] {
  const { ufw, firewalld } = seen;
  const script = removeScript(seen);
  return [
    ...(ufw === undefined ? [] : planUfwRetirement(ufw, sshPortsOf(seen))),
    ...(firewalld === undefined ? [] : planFirewalldRetirement(firewalld, sshPortsOf(seen))),
    ...(script === undefined
      ? []
      : [
          {
            summary: `remove the firewall: no rule of the inventory names ${node} any more`,
            disruption: { level: 'none' } as const,
            script,
          },
        ]),
  ];
}

const NOTHING: Question<undefined> = { script: ':', parse: () => undefined };

/** Removes our firewall from a node that no rule names any more; no playbook names it. */
export const openStep: StepKind<object, SeenFirewall | undefined> = {
  kind: 'open',
  schema: { type: 'object' },
  // What a closed node has is the other step's to read.
  probe: ({ inventory, node }) => (inventory.closed.includes(node.name) ? NOTHING : firewallQuestion()),
  plan: ({ inventory, node }, seen) =>
    seen === undefined || !isOurs(inventory.name, seen)
      ? []
      : openAgain(node.name, seen).map((change) => ({ ...change, touches: TOUCHED, guarded: true })),
};

export const retirement: Retirement = {
  kind: openStep as unknown as StepKind,
  before: 'firewall',
  params: () => ({}),
};
