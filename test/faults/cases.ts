import type { Case, Moment, Play } from './case.js';
import {
  chatter,
  cutPower,
  empty,
  fill,
  freeApt,
  holdApt,
  hush,
  line,
  nail,
  onEdge,
  onHome,
  rebootEdge,
  rebootHome,
  restartSshd,
  startSshd,
  stopSshd,
  unnail,
} from './faults.js';
import { secondRun, strangersConfirmation, unlocking } from './strangers.js';

const CHANGING = ['keys', 'kernel', 'tunnel'] as const;
/** Phases whose changes could cut SSH. */
const GUARDED = ['kernel', 'tunnel'] as const;
const SURVIVES = [0, 3, 4, 5, 7];

const pause = (type: string, phase?: string, nth?: number): Moment => ({
  type,
  action: 'pause',
  ...(phase === undefined ? {} : { phase }),
  ...(nth === undefined ? {} : { nth }),
});
const kill = (type: string, phase?: string, nth?: number): Moment => ({
  ...pause(type, phase, nth),
  action: 'SIGKILL',
});
const where = ({ type, phase, nth }: Moment): string =>
  `${type}${nth === undefined ? '' : ` ${nth}`}${phase === undefined ? '' : ` of ${phase}`}`;

/** kill -9 of the controller at every kind of event of the journal, in every phase that has it. */
function kills(): Case[] {
  const once = ['run-started', 'node-connecting', 'node-connected', 'node-probed', 'lock-taken', 'run-ended'];
  const changing = [
    'phase-started',
    'step-planned',
    'change-started',
    'change-done',
    'gate-started',
    'gate-ended',
    'phase-ended',
  ];
  const moments = [
    ...once.map((type) => kill(type)),
    ...CHANGING.flatMap((phase) => changing.map((type) => kill(type, phase))),
    ...GUARDED.flatMap((phase) => ['guard-armed', 'guard-confirmed'].map((type) => kill(type, phase))),
    ...GUARDED.flatMap((phase) => ['guard-armed', 'change-done'].map((type) => kill(type, phase, 2))),
    ...['phase-started', 'gate-started', 'gate-ended', 'phase-ended'].map((type) => kill(type, 'verify')),
  ];
  return moments.map((at) => ({
    name: `kill -9 at ${where(at)}`,
    fault: 'kill',
    play: 'mesh',
    at,
    exits: [137],
  }));
}

function signals(): Case[] {
  const moments = [
    pause('node-probed'),
    pause('change-started', 'kernel'),
    pause('guard-armed', 'tunnel'),
    pause('change-done', 'tunnel'),
    pause('gate-started', 'verify'),
  ];
  return moments.map((at, index) => {
    const action = index % 2 === 0 ? ('SIGINT' as const) : ('SIGTERM' as const);
    return {
      name: `${action} at ${where(at)}`,
      fault: 'signal',
      play: 'mesh',
      at: { ...at, action },
      exits: [130],
    };
  });
}

function lines(): Case[] {
  const moments = [
    pause('node-connected'),
    pause('change-started', 'keys'),
    pause('change-started', 'kernel'),
    pause('guard-armed', 'tunnel'),
    pause('change-started', 'tunnel'),
    pause('change-done', 'tunnel'),
    pause('gate-started', 'verify'),
  ];
  const cut = moments.map(
    (at): Case => ({
      name: `RST at ${where(at)}`,
      fault: 'reset',
      play: 'mesh',
      at,
      inject: line({ kind: 'reset' }),
      exits: SURVIVES,
    }),
  );
  const dead = moments.map(
    (at): Case => ({
      name: `black hole at ${where(at)}`,
      fault: 'black hole',
      play: 'mesh',
      at,
      inject: line({ kind: 'black-hole' }, 'both'),
      heal: line({ kind: 'pass' }, 'both'),
      exits: [4, 5, 7],
    }),
  );
  const newOnes = GUARDED.map(
    (phase): Case => ({
      name: `new connections black-holed in ${phase}`,
      fault: 'new connections only',
      play: 'mesh',
      at: pause('change-started', phase),
      inject: line({ kind: 'black-hole', only: 'new' }),
      heal: line({ kind: 'pass' }),
      exits: [4, 5],
    }),
  );
  const slow = [200, 600].map(
    (ms): Case => ({
      name: `delay of ${ms} ms each way`,
      fault: 'delay',
      play: 'mesh',
      prepare: line({ kind: 'delay', ms }, 'both'),
      heal: line({ kind: 'pass' }, 'both'),
      args: ['--guard-seconds', '30', '--timeout', '20'],
      exits: [0],
    }),
  );
  return [...cut, ...dead, ...newOnes, ...slow];
}

function machines(): Case[] {
  const down = GUARDED.map(
    (phase): Case => ({
      name: `sshd stopped at change-started of ${phase}`,
      fault: 'sshd stopped',
      play: 'mesh',
      at: pause('change-started', phase),
      inject: stopSshd,
      heal: startSshd,
      healAfter: 12,
      exits: [0, 4, 5],
    }),
  );
  const restarts = CHANGING.map(
    (phase): Case => ({
      name: `sshd restarted and its sessions killed at change-started of ${phase}`,
      fault: 'sshd restarted',
      play: 'mesh',
      at: pause('change-started', phase),
      inject: restartSshd,
      exits: SURVIVES,
    }),
  );
  const boots = [
    pause('node-probed'),
    pause('change-started', 'keys'),
    pause('change-started', 'kernel'),
    pause('guard-armed', 'tunnel'),
    pause('change-done', 'tunnel'),
    pause('guard-confirmed', 'tunnel'),
    pause('gate-started', 'verify'),
  ].map(
    (at): Case => ({
      name: `reboot at ${where(at)}`,
      fault: 'reboot',
      play: 'mesh',
      at,
      inject: rebootHome,
      exits: SURVIVES,
    }),
  );
  const power = GUARDED.map(
    (phase): Case => ({
      name: `power cut at change-done of ${phase}`,
      fault: 'power cut',
      play: 'mesh',
      at: pause('change-done', phase),
      inject: cutPower,
      exits: SURVIVES,
    }),
  );
  const full = ['/etc/wireguard', '/var/lib/bridgehead'].map(
    (folder): Case => ({
      name: `disk full at ${folder}`,
      fault: 'disk full',
      play: 'mesh',
      prepare: fill(folder),
      heal: empty(folder),
      exits: [5, 7],
    }),
  );
  return [...down, ...restarts, ...boots, ...power, ...full];
}

const codesOf = (events: readonly { readonly type: string }[]): string =>
  JSON.stringify(events.filter(({ type }) => type === 'run-ended'));

function others(): Case[] {
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
      at: pause('gate-started', 'verify'),
      inject: onEdge('wg set wg0 peer "$(wg show wg0 peers)" allowed-ips 0.0.0.0/0'),
      exits: [0, 3],
      foreign: true,
    },
  ];
}

/** Somebody else does what only the run may do, while a guard is armed. */
function strangers(): Case[] {
  const witnesses = { 'the confirmation of another run': strangersConfirmation, unlock: unlocking };
  return Object.entries(witnesses).map(([name, witness]) => ({
    name: `${name} while armed`,
    fault: name,
    play: 'mesh',
    at: pause('guard-armed', 'tunnel'),
    args: ['--guard-seconds', '30'],
    witness,
    exits: [0],
  }));
}

/** Machines that send more than anybody asked for. */
function floods(): Case[] {
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

/** Changes that cut SSH, in the worst of circumstances. */
function cuts(): Case[] {
  const CUTS: readonly Play[] = ['nft', 'rules', 'ufw', 'default-route', 'sshd', 'link'];
  const saysUndone: Case['judge'] = ({ events }) =>
    codesOf(events).includes('E_ROLLED_BACK') ? [] : ['does not say E_ROLLED_BACK'];
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
      exits: [4, 5],
    },
  ];
  return [
    ...CUTS.flatMap(each),
    {
      name: 'nft cuts SSH, and one of its files cannot be put back',
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

/** Every case, in a fixed order. */
export const CASES: readonly Case[] = [
  ...kills(),
  ...signals(),
  ...lines(),
  ...machines(),
  ...others(),
  ...strangers(),
  ...floods(),
  ...cuts(),
];
