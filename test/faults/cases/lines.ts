import type { Case } from '../case.js';
import { line } from '../faults.js';
import { GUARDED, pause, SURVIVES, where } from './moments.js';

export function lines(): Case[] {
  const moments = [
    pause('node-connected'),
    pause('change-started', 'keys'),
    pause('change-started', 'kernel'),
    pause('guard-armed', 'tunnel'),
    pause('change-started', 'tunnel'),
    pause('change-done', 'tunnel'),
    pause('gate-started', 'tunnel'),
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
      healAfter: 25,
      exits: SURVIVES,
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
