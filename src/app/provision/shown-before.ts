import type { Paint } from '../../render/colour.js';
import { forwardsText, foundText, keysText } from '../../render/provision/found-text.js';
import type { Question, World } from './dialogue/types.js';
import { cannotTakePart } from './unattended.js';
import { forwardsView, foundView, keysView } from './view.js';

/** What has to be seen before a question can be answered; `''` for most. */
export function shownBefore({ key }: Question, world: World, paint: Paint, width: number): string {
  if (key === 'hostKeys') return keysText(keysView(world));
  if (key === 'leaveOut') return `\n${cannotTakePart(world).details.evidence ?? ''}\n\n`;
  if (key === 'found') return foundText(foundView(world), paint, width);
  if (key === 'forwarded') return forwardsText(forwardsView(world), width);
  return '';
}
