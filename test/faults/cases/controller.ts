import type { Case } from '../case.js';
import { CHANGING, GUARDED, kill, pause, where } from './moments.js';

/** kill -9 of the controller at every kind of event of the journal, in every phase that has it. */
export function kills(): Case[] {
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
    ...['phase-started', 'gate-ended', 'phase-ended'].map((type) => kill(type, 'verify')),
  ];
  return moments.map((at) => ({
    name: `kill -9 at ${where(at)}`,
    fault: 'kill',
    play: 'mesh',
    at,
    exits: [137],
  }));
}

export function signals(): Case[] {
  const moments = [
    pause('node-probed'),
    pause('change-started', 'kernel'),
    pause('guard-armed', 'tunnel'),
    pause('change-done', 'tunnel'),
    pause('gate-started', 'tunnel'),
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
