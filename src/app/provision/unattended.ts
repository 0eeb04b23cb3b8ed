import { BridgeheadError } from '../../core/errors.js';
import { keysText } from '../../render/provision/found-text.js';
import { flagOf, unanswerable } from './dialogue/answers.js';
import { hindrances } from './dialogue/hindrances.js';
import { unconfirmed } from './dialogue/questions/machines.js';
import type { Question, World } from './dialogue/types.js';
import { keysView } from './view.js';

/** The answer without a terminal to ask on. Throws for what is never assumed. */
export function unattendedAnswer(question: Question, world: World): unknown {
  const { key } = question;
  if (key === 'hostKeys') {
    const list = unconfirmed(world).join(', ');
    throw unanswerable(
      key,
      keysText(keysView(world)).trim(),
      `compare them with the machines' own, then write hostKeys: [${list}]`,
    );
  }
  if (key === 'leaveOut') throw cannotTakePart(world);
  const value = question.unattended ?? question.suggest(world);
  if (value !== undefined) return value;
  throw unanswerable(
    key,
    undefined,
    `write ${key}: in the answers, or pass ${flagOf(key)}: ${question.help}`,
  );
}

/** Reports why machines can't take part, all of them at once. */
export function cannotTakePart(world: World): BridgeheadError {
  const all = [...hindrances(world)];
  const first = world.seen.survey?.failed[0]?.error;
  const details = all.map(([machine, why]) => {
    const fix = world.seen.survey?.failed.find((one) => one.machine === machine)?.error.details.fix;
    return `${machine}: ${why}${fix === undefined ? '' : `\n  fix: ${fix}`}`;
  });
  const names = all.map(([machine]) => machine).join(', ');
  return new BridgeheadError(
    first?.code ?? 'E_USAGE',
    `${all.length === 1 ? 'a machine' : `${all.length} machines`} can't take part`,
    {
      evidence: details.join('\n'),
      fix: `correct that, or leave ${all.length === 1 ? 'it' : 'them'} out: leaveOut: [${names}]`,
    },
  );
}

/** The error after a no to host keys. */
export function notCompared(): BridgeheadError {
  return new BridgeheadError(
    'E_SSH_HOST_KEY_UNKNOWN',
    'host keys were not confirmed; nothing was sent to those machines',
    {
      fix: 'compare them on the console of each machine (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then start again',
    },
  );
}
