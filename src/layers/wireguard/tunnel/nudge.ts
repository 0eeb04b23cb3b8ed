import { quote } from '../../../remote/quote.js';
import nudgeProgram from './nudge.pl';
import nudge from './nudge.sh';

/** POSIX sh that defines `nudge ADDRESS…`. */
export const NUDGE = `nudge_program=${quote(nudgeProgram)}\n${nudge}`;
