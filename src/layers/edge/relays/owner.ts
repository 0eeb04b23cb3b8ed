import { command } from '../../../remote/quote.js';
import { writeFileScript } from '../../shared/atomic-write.js';
import type { Change, Explanation, StepContext } from '../../step.js';
import type { SeenRelays } from './seen.js';
import { OWNER_PATH } from './units.js';

type Context = Pick<StepContext<unknown>, 'inventory' | 'node'>;

/** Whether the relays of a node are another inventory's. */
export const isForeign = ({ inventory }: Context, { owner }: SeenRelays): boolean =>
  owner !== undefined && owner !== inventory.name;

/** Why apps can't be relayed to on a node: another inventory does that there. */
export const refuseForeign = ({ node }: Context, { owner }: SeenRelays): Explanation => ({
  code: 'E_NOT_OURS',
  message: `the relays on ${node.name} are those of inventory ${owner}`,
  fix: `remove the apps on ${node.name} from one of the two inventories; if it is ${owner}, apply that one first`,
});

/** Notes whose relays they are, as long as there are any. */
export function planOwner({ inventory }: Context, { owner }: SeenRelays, isRelaying: boolean): Change[] {
  if (isRelaying === (owner !== undefined)) return [];
  const content = `${inventory.name}\n`;
  return [
    {
      summary: isRelaying ? `note in ${OWNER_PATH} whose relays these are` : `remove ${OWNER_PATH}`,
      disruption: { level: 'none' },
      script: isRelaying
        ? writeFileScript({ path: OWNER_PATH, content, mode: '0644', owner: 'root', group: 'root' })
        : command('rm', '-f', OWNER_PATH),
      touches: { files: [OWNER_PATH] },
    },
  ];
}
