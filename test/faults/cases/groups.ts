import type { Case } from '../case.js';
import { SAME } from '../life/lives.js';
import { kill } from './moments.js';

/** Machines that are reached through others: by `jump`, or over the very network that changes. */
export function groups(): Case[] {
  const cut = { fault: 'a jump host', play: 'no-forwarding', life: SAME } as const;
  return [
    {
      ...cut,
      name: 'a jump host lets nobody through, and the controller is killed as it changes',
      at: kill('change-started', 'cut'),
      exits: [137],
    },
  ];
}
