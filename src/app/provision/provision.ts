import { resolve } from 'node:path';
import { BridgeheadError } from '../../core/errors.js';
import { stateDir } from '../options.js';
import type { Io } from '../terminal/io.js';
import { watchSignals } from '../terminal/signals.js';
import { Conversation } from './conversation.js';
import { given } from './dialogue/answers.js';
import { Draftfile } from './dialogue/kept.js';
import type { Flags, ProvisionOptions } from './options.js';
import { terminalPrompter } from './prompt.js';
import { rehearsalObstacle } from './rehearsal-obstacle.js';

const INVENTORY = 'inventory.yaml';

/** The wizard: asks what can't be found out, writes the inventory and the playbook, then plans and applies those files. */
export async function provision(options: ProvisionOptions, flags: Flags, io: Io): Promise<number> {
  const file = options.inventory ?? INVENTORY;
  const isUnattended = options.answers !== undefined || io.stdin.isTTY !== true || io.stdout.isTTY !== true;
  if (isUnattended && options.answers === undefined && Object.keys(flags).length === 0) throw noTerminal();
  const beforehand = given(options.answers, withAcceptNew(flags, options));
  const drafts = new Draftfile(stateDir(options.stateDir, io), resolve(io.cwd, file));
  if (options.restart === true) drafts.remove();
  const { signal, stop } = watchSignals(io);
  try {
    const prompter = isUnattended ? undefined : terminalPrompter(signal);
    const parts = { options, io, file, beforehand, drafts, prompter, signal };
    const obstacle = await rehearsalObstacle(io.env);
    return await new Conversation({ ...parts, rehearsalObstacle: obstacle }).run();
  } finally {
    stop();
  }
}

const withAcceptNew = (flags: Flags, { acceptNew }: ProvisionOptions): Flags =>
  acceptNew === true ? { hostKeys: 'accept-new', ...flags } : flags;

function noTerminal(): BridgeheadError {
  return new BridgeheadError('E_USAGE', 'provision asks questions, and there is no terminal to ask on', {
    fix: 'pass the answers as --answers FILE or as options; docs/provision.md lists them',
  });
}
