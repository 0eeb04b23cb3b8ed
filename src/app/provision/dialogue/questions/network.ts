import { choicesOf, layoutOf, NONE, nodeNames, publicNodes, shapeOf } from '../derived.js';
import { asChoices, checkName, firstWrong, question, unansweredForNew } from './common.js';

export const networkName = question<'name'>({
  key: 'name',
  kind: 'text',
  help: 'name of the inventory',
  isOpen: unansweredForNew('name'),
  text: () => 'Name of the inventory?',
  suggest: (world) => choicesOf(world).name,
  check: checkName,
});

export const clients = question<'clients'>({
  key: 'clients',
  kind: 'list',
  help: 'phones and laptops without SSH that join, by name',
  isOpen: unansweredForNew('clients'),
  text: () => 'Phones or laptops that join, by name? (empty: none)',
  suggest: () => [],
  check: (answer, world) =>
    firstWrong(answer, checkName) ??
    firstWrong(answer, (name) =>
      nodeNames(layoutOf(world)).includes(name)
        ? `"${name}" is a machine already; choose another name`
        : undefined,
    ) ??
    (new Set(answer).size < answer.length ? 'two of them have the same name' : undefined),
});

export const shape = question<'shape'>({
  key: 'shape',
  kind: 'choice',
  help: 'mesh: every machine connects to every other; hub: all connect to one, and phones can join',
  words: ['mesh', 'hub'],
  isOpen: (world) => unansweredForNew('shape')(world) && (world.answers.clients ?? []).length === 0,
  text: () => 'How do they connect?',
  suggest: () => 'mesh',
  choices: () => [
    { value: 'mesh', name: 'mesh: each directly to every other' },
    { value: 'hub', name: 'hub: all through one machine; choose it if phones come later' },
  ],
});

export const hub = question<'hub'>({
  key: 'hub',
  kind: 'choice',
  help: 'the machine that all others connect to, if the shape is hub',
  isOpen: (world) =>
    unansweredForNew('hub')(world) && shapeOf(world) === 'hub' && publicNodes(layoutOf(world)).length !== 1,
  text: () => 'Which machine is the hub? It must be reachable from the internet.',
  suggest: (world) => publicNodes(layoutOf(world))[0] ?? nodeNames(layoutOf(world))[0],
  choices: (world) => asChoices(nodeNames(layoutOf(world))),
});

export const gateway = question<'gateway'>({
  key: 'gateway',
  kind: 'choice',
  help: 'the machine through which phones reach its LAN; none if they reach no LAN',
  isOpen: (world) =>
    unansweredForNew('gateway')(world) &&
    (world.answers.clients ?? []).length > 0 &&
    layoutOf(world).sites.length > 0,
  text: () => 'Through which machine do they reach its LAN?',
  suggest: (world) => layoutOf(world).placed.find(({ node }) => node.site !== undefined)?.node.name,
  choices: (world) => {
    const { placed, sites: all } = layoutOf(world);
    const inside = placed.flatMap(({ node }) => {
      const site = all.find(({ name }) => name === node.site);
      return site === undefined
        ? []
        : [{ value: node.name, name: `${node.name}: ${site.subnets.join(', ')}` }];
    });
    return [...inside, { value: NONE, name: 'none: only the machines themselves' }];
  },
});
