import { basename } from 'node:path';
import { addedTo } from '../mode.js';
import { question } from './common.js';

export const existing = question<'existing'>({
  key: 'existing',
  kind: 'choice',
  help: 'what to do with an existing inventory: keep, add (machines to it) or anew',
  words: ['keep', 'add', 'anew'],
  isOpen: ({ answers, seen }) => seen.existing !== undefined && answers.existing === undefined,
  text: ({ seen }) => `${basename(seen.existing?.file ?? '')} already exists. What now?`,
  suggest: () => 'keep',
  choices: () => [
    { value: 'keep', name: 'Check and apply it as it is' },
    { value: 'add', name: 'Add machines to it' },
    { value: 'anew', name: 'Start anew; the old file is kept under another name' },
  ],
});

export const network = question<'network'>({
  key: 'network',
  kind: 'choice',
  help: 'the network that added machines join',
  isOpen: (world) => world.answers.network === undefined && (addedTo(world)?.networks ?? []).length > 1,
  text: () => 'Which network do they join?',
  suggest: (world) => addedTo(world)?.networks[0]?.name,
  choices: (world) =>
    (addedTo(world)?.networks ?? []).map(({ name, ranges }) => ({
      value: name,
      name: `${name}: ${ranges.join(', ')}`,
    })),
});
