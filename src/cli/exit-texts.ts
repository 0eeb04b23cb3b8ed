import { EXIT } from '../core/errors.js';

/** What each exit code tells, in the words of the help and of docs/exit-codes.md. */
export const EXIT_TEXTS: Readonly<Record<keyof typeof EXIT, string>> = {
  go: 'all gates GO, nothing else to say',
  bug: 'our own fault: a bug',
  badInput: 'bad input: usage, inventory or playbook; nothing was touched',
  stop: 'STOP: a gate said no',
  unreachable: 'a node could not be reached or logged into, or its identity was refused',
  rolledBack: 'a guard rolled a change back',
  locked: 'another run holds the lock',
  stepFailed: 'a step failed on a node',
  changes: 'plan --exit-code found something to change',
  interrupted: 'interrupted, with the journal closed',
};

export function exitCodesText(names: readonly (keyof typeof EXIT)[]): string {
  return names.map((name) => `  ${String(EXIT[name]).padStart(3)}  ${EXIT_TEXTS[name]}`).join('\n');
}
