import { holderText } from '../../../../facts/listening/listening.js';
import type { FragmentReply } from '../../../../remote/program.js';
import { explainUnwritable } from '../../../shared/failures.js';
import type { Explanation, StepContext } from '../../../step.js';
import { OWNER_PATH } from '../paths.js';
import { isOurUnit } from '../read/holders.js';
import type { SeenProxy } from '../read/seen.js';

/** A proxy that another inventory has set up. */
export function foreignOwner(
  { node, inventory }: StepContext<unknown>,
  files: SeenProxy['files'],
): Explanation[] {
  const owner = files.get(OWNER_PATH)?.content?.trim();
  if (owner === undefined || owner === inventory.name) return [];
  return [
    {
      code: 'E_NOT_OURS',
      message: `${node.name} is an edge of inventory ${owner}`,
      fix: `remove it from the edges of one of the two inventories, and apply that one first`,
    },
  ];
}

/** A port that somebody else has, and a proxy that another inventory has set up. */
export function refuseProxy(context: StepContext<unknown>, seen: SeenProxy): Explanation[] {
  const { node } = context;
  const held = seen.holders
    .filter(({ unit }) => !isOurUnit(unit))
    .map((holder): Explanation => {
      const { protocol, port } = holder;
      const what = holder.unit ?? holder.program ?? 'what holds it';
      return {
        code: 'E_NOT_OURS',
        message: `port ${port}/${protocol} of ${node.name}, which the proxy needs, is held by ${holderText(holder)}`,
        fix: `stop ${what} on ${node.name}, now and at boot; if it serves sites of its own, make them apps of the inventory`,
      };
    });
  const seenOnce = new Map([...foreignOwner(context, seen.files), ...held].map((one) => [one.message, one]));
  return [...seenOnce.values()];
}

export function explainProxy({ node }: StepContext<unknown>, reply: FragmentReply): Explanation | undefined {
  const missing = /(?:Failed to (?:locate|find) executable|Unable to locate executable) '?([^':]+)/.exec(
    reply.stderr,
  )?.[1];
  if (missing !== undefined) {
    const program = missing.slice(missing.lastIndexOf('/') + 1);
    return {
      code: 'E_STEP',
      message: `${node.name} has no ${program}`,
      fix: `put a step "program: { name: ${program} }" on the edges before this one`,
    };
  }
  return explainUnwritable(reply);
}
