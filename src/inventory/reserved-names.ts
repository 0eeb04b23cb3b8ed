import { LAYERS } from '../layers/table.js';

const SELECTOR = 'in a playbook, `on:` means';

/** Names that no node can have, since they are written in places where a node could be named, and what they mean there. */
export const NODE_WORDS: ReadonlyMap<string, string> = new Map([
  ['all', `${SELECTOR} every node by it`],
  ...LAYERS.flatMap(({ selectors = [] }) =>
    selectors.map(({ word, meaning }) => [word, `${SELECTOR} ${meaning} by it`] as const),
  ),
  ...LAYERS.flatMap(({ reservedNames = new Map<string, string>() }) => [...reservedNames]),
  ['none', 'in `ssh.jump` it means no jump host'],
]);
