import { EXIT } from '../../core/errors.js';

/** What each exit code means, for the help and docs/exit-codes.md. */
export const EXIT_TEXTS: Readonly<Record<keyof typeof EXIT, string>> = {
  go: 'success: every gate is GO',
  bug: 'internal error (bug in bridgehead)',
  badInput: 'bad input: usage, inventory or playbook; nothing was touched',
  stop: 'a gate answered STOP, or a change was refused as unsafe',
  unreachable: 'a node could not be reached, its login failed, or its host key was refused',
  reverted: 'a guard reverted a change',
  locked: 'another run holds the lock',
  stepFailed: 'a step failed on a node',
  changes: 'plan --exit-code found changes to make',
  interrupted: 'interrupted; the journal is complete',
};

export function exitCodesText(names: readonly (keyof typeof EXIT)[]): string {
  return names.map((name) => `  ${String(EXIT[name]).padStart(3)}  ${EXIT_TEXTS[name]}`).join('\n');
}
