import type { Life } from '../case.js';

/** Nothing changes: what is tried is a playbook that cuts. */
export const SAME: Life = { name: 'nothing', after: () => ({}), refused: true };
