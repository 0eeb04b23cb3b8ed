import { forwardingSites, needed, needsRelay, relaysFor, routerLines, shapeOf } from '../derived.js';
import { asChoices, question, unanswered } from './common.js';

export const forwards = question<'forwards'>({
  key: 'forwards',
  kind: 'choice',
  help: 'which machines behind NAT get a port forward in their router: all, needed or none',
  words: ['all', 'needed', 'none'],
  isOpen: (world) =>
    unanswered('forwards')(world) &&
    forwardingSites(world).length > 0 &&
    (shapeOf(world) === 'mesh' || needed(world).length > 0),
  text: (world) => `Port forwards in the router of ${forwardingSites(world).join(' and ')}?`,
  suggest: (world) => {
    const complete = routerLines({ ...world, answers: { ...world.answers, forwards: 'all' } }).length === 0;
    return complete ? 'all' : needed(world).length > 0 ? 'needed' : 'none';
  },
  choices: (world) => {
    const typed = (mode: 'all' | 'needed') => {
      const lines = routerLines({ ...world, answers: { ...world.answers, forwards: mode } }).length;
      return lines === 0 ? 'already in the router' : `${lines} to type into it`;
    };
    const must = needed(world).length > 0;
    return [
      { value: 'all', name: `for every machine (${typed('all')})` },
      ...(must
        ? [{ value: 'needed', name: `only if two could not connect otherwise (${typed('needed')})` }]
        : []),
      {
        value: 'none',
        name: must
          ? 'none: pairs that could not connect go through a relay'
          : 'none: machines behind the router connect outwards',
      },
    ];
  },
});

export const relay = question<'relay'>({
  key: 'relay',
  kind: 'choice',
  help: "the machine that forwards between pairs that can't connect directly",
  isOpen: (world) => unanswered('relay')(world) && needsRelay(world),
  text: () => "Some pairs can't connect directly. Through which machine do they go?",
  suggest: (world) => relaysFor(world)[0],
  choices: (world) => asChoices(relaysFor(world)),
});

export const forwarded = question<'forwarded'>({
  key: 'forwarded',
  kind: 'choice',
  help: 'whether to measure the forwards now: measure or later',
  words: ['measure', 'later'],
  isOpen: (world) => unanswered('forwarded')(world) && routerLines(world).length > 0,
  text: () => 'Are they in the router?',
  suggest: () => 'measure',
  choices: () => [
    { value: 'measure', name: 'Yes: measure that they work' },
    { value: 'later', name: 'No: continue without' },
  ],
});
