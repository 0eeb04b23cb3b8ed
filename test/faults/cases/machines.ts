import type { Case } from '../case.js';
import { cutPower, empty, fill, rebootHome, restartSshd, startSshd, stopSshd } from '../faults.js';
import { CHANGING, GUARDED, pause, SURVIVES, where } from './moments.js';

export function machines(): Case[] {
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
    pause('gate-started', 'tunnel'),
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
