import type { Case } from '../case.js';
import { line, rebootEdge } from '../faults.js';
import {
  NETWORK_OUT_OVER_OVERLAY,
  NETWORK_REPLACED_OVER_OVERLAY,
  PORT_OVER_OVERLAY,
  RANGE_OVER_OVERLAY,
  RENAMED_OVER_OVERLAY,
  SAME,
} from '../life/lives.js';
import { codesOf, kill, pause, REBOOTED, SURVIVES, where } from './moments.js';

const saysUndone: NonNullable<Case['judge']> = ({ events }) =>
  codesOf(events).includes('E_REVERTED') ? [] : ['does not say E_REVERTED'];

/** Machines that are reached through others: by `jump`, or over the very network that changes. */
export function groups(): Case[] {
  const cut = { fault: 'a jump host', play: 'no-forwarding', life: SAME } as const;
  const jumps: Case[] = [
    { ...cut, name: 'a jump host lets nobody through', exits: [5], judge: saysUndone },
    {
      ...cut,
      name: 'a jump host lets nobody through, and the controller is killed as it changes',
      at: kill('change-started', 'cut'),
      exits: [137],
    },
    {
      ...cut,
      name: 'a jump host lets nobody through, and it reboots while armed',
      at: pause('change-started', 'cut'),
      inject: rebootEdge,
      ...REBOOTED,
    },
  ];
  const range = { fault: 'the range over the overlay', play: 'shipped', life: RANGE_OVER_OVERLAY } as const;
  const ranges: Case[] = [
    { ...range, name: 'the range changes under the address that is dialled', exits: [5], judge: saysUndone },
    ...[kill('guard-armed', 'tunnel', 2), kill('change-done', 'tunnel')].map(
      (at): Case => ({
        ...range,
        name: `the range changes under the address that is dialled, kill -9 at ${where(at)}`,
        at,
        exits: [137],
      }),
    ),
  ];
  const retired = {
    fault: 'retired under the overlay',
    play: 'shipped',
    life: NETWORK_OUT_OVER_OVERLAY,
    reverts: true,
  } as const;
  const retirements: Case[] = [
    {
      ...retired,
      name: 'network taken out, a spoke dialled in it',
      exits: [5],
      judge: saysUndone,
      boots: true,
    },
    {
      ...retired,
      name: 'network taken out, a spoke dialled in it, kill -9 at change-done of tunnel',
      at: kill('change-done', 'tunnel'),
      exits: [137],
    },
    {
      ...retired,
      life: NETWORK_REPLACED_OVER_OVERLAY,
      name: 'network replaced by another, a spoke dialled in it',
      exits: [5],
      judge: saysUndone,
    },
  ];
  const port = { fault: 'the port over the overlay', play: 'shipped', life: PORT_OVER_OVERLAY } as const;
  const ports: Case[] = [
    { ...port, name: 'the port changes under the address that is dialled', exits: [0], boots: true },
    ...[kill('change-done', 'tunnel'), kill('guard-confirmed', 'tunnel')].map(
      (at): Case => ({
        ...port,
        name: `the port changes under the address that is dialled, kill -9 at ${where(at)}`,
        at,
        exits: [137],
      }),
    ),
    {
      ...port,
      name: 'the port changes under the address that is dialled, and the line dies',
      at: pause('change-started', 'tunnel'),
      inject: line({ kind: 'black-hole' }, 'both'),
      heal: line({ kind: 'pass' }, 'both'),
      healAfter: 15,
      exits: SURVIVES,
    },
    {
      ...port,
      name: 'the port changes under the address that is dialled, and the jump host reboots',
      at: pause('guard-armed', 'tunnel'),
      inject: rebootEdge,
      exits: SURVIVES,
    },
  ];
  return [
    ...jumps,
    ...ranges,
    ...retirements,
    ...ports,
    {
      name: 'the interface is renamed under the address that is dialled',
      fault: 'the interface over the overlay',
      play: 'shipped',
      life: RENAMED_OVER_OVERLAY,
      exits: [0],
      boots: true,
    },
  ];
}
