import { quote } from '../remote/quote.js';
import field from './fragments/field.sh';
import stateFolder from './fragments/state-folder.sh';

/** The state folder on a node, readable by root alone. */
export const STATE_FOLDER = '/var/lib/bridgehead';

/** Name of the unit that reverts an armed round at boot; it is in /etc only while a guard is armed. */
export const BOOT_UNIT = 'bridgehead-guard.service';

const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/;

/** A run id that can be used in paths and unit names; throws on any other. */
export function checkedRun(run: string): string {
  if (!RUN_ID.test(run)) throw new TypeError(`run id ${JSON.stringify(run)} is malformed`);
  return run;
}

/** A word that becomes one line of a file on the node; throws when it is more than that. */
export function checkedLine(text: string): string {
  if (text === '' || /[\0-\x1f\x7f]/.test(text))
    throw new TypeError(`${JSON.stringify(text)} is not one line of text`);
  return text;
}

/** What every fragment of the guard begins with. */
export const prelude = (): string => `state=${quote(STATE_FOLDER)}\n${field}${stateFolder}`;
