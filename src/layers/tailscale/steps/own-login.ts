import type { Node } from '../../../model/inventory.js';
import type { Explanation } from '../../step.js';
import { TAILNET_LINK } from '../daemon/paths.js';

/** What can't be undone by a guard, since the login server forgets the node's old key, isn't done over that very login. */
export const cutsOwnLogin = ({ name }: Node, what: string): Explanation => ({
  code: 'E_STEP',
  message: `${name} was logged into over ${TAILNET_LINK}, and ${what} would end that for good`,
  fix: `give ${name} an \`ssh.host\` outside the tailnet, for this run at least`,
});
