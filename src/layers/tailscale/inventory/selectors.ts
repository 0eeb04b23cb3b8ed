import type { SelectorWord } from '../../layer.js';
import { membershipOf } from './members.js';

export const SELECTORS: readonly SelectorWord[] = [
  {
    word: 'tailnet',
    meaning: 'the nodes of all networks that Tailscale makes',
    selects: (inventory, node) => membershipOf(inventory, node) !== undefined,
  },
];
