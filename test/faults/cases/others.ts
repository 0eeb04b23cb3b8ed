import type { Case } from '../case.js';
import { chatter, freeApt, holdApt, hush, onEdge, onHome } from '../faults.js';
import { secondRun, strangersConfirmation, unlocking } from '../invariants/strangers.js';
import { codesOf, kill, pause, where } from './moments.js';

export function others(): Case[] {
  return [
    {
      name: 'apt locked for longer than is waited',
      fault: 'apt lock',
      play: 'package',
      prepare: holdApt(60),
      heal: freeApt,
      exits: [7],
      judge: ({ events }) => (codesOf(events).includes('E_APT_LOCKED') ? [] : ['does not say E_APT_LOCKED']),
    },
    {
      name: 'apt locked for a moment',
      fault: 'apt lock',
      play: 'package',
      prepare: holdApt(1),
      heal: freeApt,
      exits: [0],
    },
    ...[pause('node-probed', undefined, 2), pause('change-started', 'tunnel')].map(
      (at): Case => ({
        name: `a second run at ${where(at)}`,
        fault: 'second run',
        play: 'mesh',
        at,
        args: ['--guard-seconds', '30'],
        witness: secondRun,
        exits: [0],
      }),
    ),
    ...[pause('phase-started', 'tunnel'), pause('gate-started', 'tunnel')].map(
      (at): Case => ({
        name: `a foreign edit of wg0.conf at ${where(at)}`,
        fault: 'foreign edit',
        play: 'mesh',
        at,
        inject: onHome('echo "# somebody was here" >>/etc/wireguard/wg0.conf'),
        exits: [0, 3, 7],
        foreign: true,
      }),
    ),
    {
      name: 'a foreign bad AllowedIPs on the live interface',
      fault: 'foreign edit',
      play: 'mesh',
      at: pause('gate-started', 'tunnel'),
      inject: onEdge('wg set wg0 peer "$(wg show wg0 peers)" allowed-ips 0.0.0.0/0'),
      exits: [0, 3],
      foreign: true,
    },
  ];
}

/** Somebody else does what only the run may do, while a guard is armed. */
export function strangers(): Case[] {
  const shared = { play: 'mesh', args: ['--guard-seconds', '30'] } as const;
  return [
    {
      ...shared,
      name: 'the confirmation of another run while armed',
      fault: 'the confirmation of another run',
      at: pause('guard-armed', 'tunnel'),
      witness: strangersConfirmation,
      exits: [0],
    },
    {
      ...shared,
      name: 'unlock while armed',
      fault: 'unlock',
      at: pause('guard-armed', 'tunnel'),
      witness: unlocking,
      exits: [0],
    },
    {
      name: 'unlock while armed by a dead run',
      fault: 'unlock',
      play: 'mesh',
      at: kill('guard-armed', 'tunnel'),
      witness: unlocking,
      exits: [137],
    },
  ];
}

/** Machines that send more than anybody asked for. */
export function floods(): Case[] {
  return [
    { name: 'a step that sends 1 GB', fault: 'flood', play: 'flood', exits: [5, 7] },
    { name: 'a step that complains for 1 GB', fault: 'flood', play: 'flood-errors', exits: [5, 7] },
    {
      name: 'a login shell that sends 1 GB first',
      fault: 'flood',
      play: 'mesh',
      prepare: chatter(1 << 30),
      heal: hush,
      exits: [4, 7],
    },
  ];
}
