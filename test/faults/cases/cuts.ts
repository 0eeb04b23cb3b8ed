import type { Case, Play } from '../case.js';
import { line, nail, onEdge, rebootEdge, unnail } from '../faults.js';
import { codesOf, kill, pause, REBOOTED } from './moments.js';

const TEN_LATER_RUNS = `umask 077
mkdir -p /var/lib/bridgehead/guard
for n in 0 1 2 3 4 5 6 7 8 9; do mkdir -p /var/lib/bridgehead/runs/2099010$n-000000-aaaaaa; done`;

/** Changes that cut SSH, in the worst of circumstances. */
export function cuts(): Case[] {
  const CUTS: readonly Play[] = ['nft', 'rules', 'ufw', 'default-route', 'sshd', 'sshd-config', 'link'];
  const saysUndone: Case['judge'] = ({ events }) =>
    codesOf(events).includes('E_REVERTED') ? [] : ['does not say E_REVERTED'];
  const each = (play: Play): Case[] => [
    { name: `${play} cuts SSH`, fault: `${play}`, play, exits: [5], judge: saysUndone },
    {
      name: `${play} cuts SSH, and the controller is killed as it changes`,
      fault: `${play} killed`,
      play,
      at: kill('change-started', 'cut'),
      exits: [137],
    },
    {
      name: `${play} cuts SSH, and the controller was killed as soon as armed`,
      fault: `${play} killed`,
      play,
      at: kill('guard-armed', 'cut'),
      exits: [137],
    },
    {
      name: `${play} cuts SSH, and the machine reboots while armed`,
      fault: `${play} rebooted`,
      play,
      at: pause('change-started', 'cut'),
      inject: rebootEdge,
      ...REBOOTED,
    },
  ];
  /** The others break the connection in the middle of the change, or are refused before anybody asks for a login. */
  const CUT_BEHIND: readonly Play[] = ['nft', 'rules', 'ufw'];
  const rebootedOnceCut = (play: Play): Case => ({
    name: `${play} cuts SSH, and the machine reboots once it is cut`,
    fault: `${play} rebooted`,
    play,
    at: pause('guard-waiting', 'cut'),
    inject: rebootEdge,
    exits: [5],
  });
  return [
    ...CUTS.flatMap(each),
    ...CUT_BEHIND.map(rebootedOnceCut),
    {
      name: 'nft cuts SSH, and one of its files cannot be reverted',
      fault: 'a failing revert',
      play: 'nft',
      at: pause('change-started', 'cut'),
      inject: nail('/etc/nftables.conf'),
      heal: unnail('/etc/nftables.conf'),
      exits: [5],
      judge: ({ events }) =>
        codesOf(events).includes('E_REVERT_FAILED') ? [] : ['does not say E_REVERT_FAILED'],
      foreign: true,
    },
    {
      name: 'rules cuts SSH on a machine with ten runs of a clock that was ahead',
      fault: 'a wrong clock',
      play: 'rules',
      prepare: onEdge(TEN_LATER_RUNS),
      exits: [5],
      judge: saysUndone,
    },
    { name: 'a change that outlives its guard', fault: 'slow', play: 'slow', exits: [5] },
    {
      name: 'a change that outlives its guard and its controller',
      fault: 'slow killed',
      play: 'slow',
      at: kill('change-started', 'cut'),
      exits: [137],
    },
    {
      name: 'nft cuts SSH, and the line dies too',
      fault: 'nft black hole',
      play: 'nft',
      at: pause('change-started', 'cut'),
      inject: line({ kind: 'black-hole' }, 'both'),
      heal: line({ kind: 'pass' }, 'both'),
      healAfter: 15,
      exits: [4, 5],
    },
  ];
}
