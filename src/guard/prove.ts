import { type Done, type Part, refusedBy } from '../remote/part.js';
import type { FragmentReply } from '../remote/program.js';
import { changeScript } from './change.js';
import { valuesOf } from './reply.js';
import { checkedRun } from './state-folder.js';
import type { PhaseOfRun } from './types.js';

/**
 * Proves what the armed round leaves for the next boot, as far as it can be proven now: sshd is restarted as it is
 * configured, other files are checked; refused if nobody could log in then. It comes after the round's last change and before the login that confirms it.
 */
export function proofFragment({ run, phase }: PhaseOfRun): Part<Done> {
  const folder = `"$state/runs/${checkedRun(run)}/$(field "$state/guard/armed/what" snapshot)"`;
  return {
    id: 'guard.prove',
    required: true,
    script: changeScript({ run, phase, script: `sh ${folder}/guard.sh prove` }),
    parse: parseProof,
  };
}

function parseProof(reply: FragmentReply): Done {
  if (reply.code === 0 && valuesOf(reply, 'proven').length > 0) return { kind: 'done' };
  return refusedBy(reply);
}
