import { overlaps, parseAddress, parseRange, prefixLength, spanOf } from '../../../model/address.js';
import { nameFrom } from '../../draft/names.js';
import { freeOnAll, freeRanges } from '../infer/design.js';
import {
  choicesOf,
  forwardingSites,
  hindrances,
  layoutOf,
  NONE,
  needed,
  needsRelay,
  nodeNames,
  publicNodes,
  routerLines,
  shapeOf,
  wanted,
} from './derived.js';
import type { Choice, Key, Question, World } from './types.js';

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const NAME_FIX = 'use 1 to 63 lower-case letters, digits and hyphens, with no hyphen at either end';

const unanswered = (key: Key) => (world: World) =>
  !world.seen.hasInventory && world.answers[key] === undefined;
const asChoices = (names: readonly string[]): Choice[] => names.map((name) => ({ value: name, name }));
const question = <K extends Key>(one: Question<K>): Question<K> => one;
const checkName = (name: string): string | undefined =>
  NAME.test(name) ? undefined : `"${name}" is not a name; ${NAME_FIX}`;
const firstWrong = <T>(all: readonly T[], check: (one: T) => string | undefined): string | undefined =>
  all.map(check).find((wrong) => wrong !== undefined);

const unknownAmong = (names: readonly string[], known: readonly string[], what: string): string | undefined =>
  firstWrong(names, (name) =>
    known.includes(name) ? undefined : `no ${what} named "${name}"; choose from: ${known.join(', ')}`,
  );

const machines = question<'machines'>({
  key: 'machines',
  kind: 'list',
  help: 'machines to connect: hosts of ~/.ssh/config, or user@host:port',
  isOpen: unanswered('machines'),
  text: ({ seen }) =>
    seen.hosts.length > 0
      ? 'Which machines? (these are in ~/.ssh/config; or write user@host)'
      : 'Which machines? ~/.ssh/config names none: write user@host, user@host …',
  suggest: ({ seen }) => (seen.hosts.length > 0 ? seen.hosts : undefined),
  check: (answer) =>
    answer.length === 0
      ? 'at least one machine is needed, such as root@192.0.2.7'
      : firstWrong(answer, (machine) =>
          /^[A-Za-z0-9_][\w.@:[\]%+-]*$/.test(machine)
            ? undefined
            : `"${machine}" is not a host; write user@host or user@host:port`,
        ),
});

/** Fingerprints that aren't confirmed. */
export function unconfirmed({ seen, answers }: World): string[] {
  const known = answers.hostKeys ?? [];
  if (known.includes('accept-new')) return [];
  return (seen.survey?.unknownKeys ?? [])
    .map(({ fingerprint }) => fingerprint)
    .filter((one) => !known.includes(one));
}

const hostKeys = question<'hostKeys'>({
  key: 'hostKeys',
  kind: 'keys',
  help: 'fingerprints of host keys that you have compared, SHA256:…; accept-new takes any new one',
  isOpen: (world) => unconfirmed(world).length > 0,
  text: () => "Are these the machines' own keys?",
  suggest: () => undefined,
  check: (answer) =>
    firstWrong(answer, (one) =>
      one === 'accept-new' || /^SHA256:[A-Za-z0-9+/]{43}$/.test(one)
        ? undefined
        : `"${one}" is not a fingerprint; write SHA256:…`,
    ),
});

const leaveOut = question<'leaveOut'>({
  key: 'leaveOut',
  kind: 'list',
  help: 'machines to leave out, if they cannot be logged into or used',
  isOpen: (world) =>
    unconfirmed(world).length === 0 &&
    [...hindrances(world).keys()].some((one) => wanted(world).includes(one)),
  text: () => 'Leave these out? (write none to try them again)',
  suggest: (world) => [...(world.answers.leaveOut ?? []), ...hindrances(world).keys()],
  unattended: [],
  check: (answer, { answers }) =>
    unknownAmong(answer, answers.machines ?? [], 'machine') ??
    ((answers.machines ?? []).every((machine) => answer.includes(machine))
      ? 'that leaves no machine; write none to try them again'
      : undefined),
});

const found = question<'found'>({
  key: 'found',
  kind: 'choice',
  help: 'whether what was detected is right, or what to correct: right, names, sites or public',
  words: ['right', 'names', 'sites', 'public'],
  isOpen: unanswered('found'),
  text: () => 'Is that right?',
  suggest: () => 'right',
  choices: () => [
    { value: 'right', name: 'Yes, continue' },
    { value: 'names', name: 'Change the name of a machine' },
    { value: 'sites', name: 'Change which LAN a machine is in' },
    { value: 'public', name: 'Change a public address' },
  ],
});

const names = question<'names'>({
  key: 'names',
  kind: 'pairs',
  help: 'names of machines in the network, machine=name',
  isOpen: ({ answers }) => answers.found === 'names',
  text: () => 'Names, as machine=name',
  suggest: (world) =>
    Object.fromEntries(layoutOf(world).placed.map(({ node, surveyed }) => [surveyed.machine, node.name])),
  check: (answer, world) =>
    unknownAmong(Object.keys(answer), wanted(world), 'machine') ??
    firstWrong(
      Object.values(answer),
      (name) =>
        checkName(name) ??
        (nameFrom(name) === name
          ? undefined
          : `"${name}" means something else in a playbook; choose another name`),
    ) ??
    (new Set(Object.values(answer)).size < Object.keys(answer).length
      ? 'two machines have the same name'
      : undefined),
});

const sites = question<'sites'>({
  key: 'sites',
  kind: 'pairs',
  help: 'the LAN that each machine is in, machine=site; none for a machine in no LAN',
  isOpen: ({ answers }) => answers.found === 'sites',
  text: () => 'LANs, as machine=site (none: in no LAN)',
  suggest: (world) =>
    Object.fromEntries(layoutOf(world).placed.map(({ node }) => [node.name, node.site ?? NONE])),
  check: (answer, world) =>
    unknownAmong(Object.keys(answer), nodeNames(layoutOf(world)), 'machine') ??
    firstWrong(Object.values(answer), checkName),
});

const publicAddresses = question<'public'>({
  key: 'public',
  kind: 'pairs',
  help: 'public addresses, machine-or-site=address; none for one without',
  isOpen: ({ answers }) => answers.found === 'public',
  text: () => 'Public addresses, as machine=address or site=address (none: has none)',
  suggest: (world) => {
    const { placed, sites: all } = layoutOf(world);
    const of = (name: string, addresses: readonly string[] = []) => [name, addresses[0] ?? NONE] as const;
    return Object.fromEntries([
      ...all.map((site) => of(site.name, site.publicAddresses)),
      ...placed.flatMap(({ node }) => (node.site === undefined ? [of(node.name, node.publicAddresses)] : [])),
    ]);
  },
  check: (answer, world) => {
    const layout = layoutOf(world);
    const known = [...nodeNames(layout), ...layout.sites.map(({ name }) => name)];
    return (
      unknownAmong(Object.keys(answer), known, 'machine or site') ??
      firstWrong(Object.values(answer), (address) => {
        const parsed = parseAddress(address);
        return address === NONE || parsed.ok ? undefined : `"${address}" ${parsed.message}; ${parsed.fix}`;
      })
    );
  },
});

const networkName = question<'name'>({
  key: 'name',
  kind: 'text',
  help: 'name of the inventory',
  isOpen: unanswered('name'),
  text: () => 'Name of the inventory?',
  suggest: (world) => choicesOf(world).name,
  check: checkName,
});

const clients = question<'clients'>({
  key: 'clients',
  kind: 'list',
  help: 'phones and laptops without SSH that join, by name',
  isOpen: unanswered('clients'),
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

const shape = question<'shape'>({
  key: 'shape',
  kind: 'choice',
  help: 'mesh: every machine connects to every other; hub: all connect to one, and phones can join',
  words: ['mesh', 'hub'],
  isOpen: (world) => unanswered('shape')(world) && (world.answers.clients ?? []).length === 0,
  text: () => 'How do they connect?',
  suggest: () => 'mesh',
  choices: () => [
    { value: 'mesh', name: 'mesh: each directly to every other' },
    { value: 'hub', name: 'hub: all through one machine; choose it if phones come later' },
  ],
});

const hub = question<'hub'>({
  key: 'hub',
  kind: 'choice',
  help: 'the machine that all others connect to, if the shape is hub',
  isOpen: (world) =>
    unanswered('hub')(world) && shapeOf(world) === 'hub' && publicNodes(layoutOf(world)).length !== 1,
  text: () => 'Which machine is the hub? It must be reachable from the internet.',
  suggest: (world) => publicNodes(layoutOf(world))[0] ?? nodeNames(layoutOf(world))[0],
  choices: (world) => asChoices(nodeNames(layoutOf(world))),
});

const gateway = question<'gateway'>({
  key: 'gateway',
  kind: 'choice',
  help: 'the machine through which phones reach its LAN; none if they reach no LAN',
  isOpen: (world) =>
    unanswered('gateway')(world) &&
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

const device = question<'interface'>({
  key: 'interface',
  kind: 'text',
  help: "name of the network's interface",
  isOpen: (world) => unanswered('interface')(world) && choicesOf(world).interface !== 'wg0',
  text: () => 'wg0 is taken by a tunnel that was made by hand. Name of the new interface?',
  suggest: (world) => freeOnAll(layoutOf(world)).interface,
  check: (answer, world) => {
    if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/.test(answer))
      return 'use 1 to 15 letters, digits, "_", "." and "-"';
    const owner = layoutOf(world).placed.find(({ surveyed }) =>
      surveyed.facts.wireguard.some((one) => !one.ours && one.interface === answer),
    );
    return owner === undefined
      ? undefined
      : `${owner.node.name} already has ${answer}, made by hand; choose another`;
  },
});

const range = question<'range'>({
  key: 'range',
  kind: 'list',
  help: "the network's own address range; one per address family",
  isOpen: unanswered('range'),
  text: () => "The network's own range? (overlaps nothing that was seen)",
  suggest: ({ seen, ...world }) =>
    seen.survey === undefined ? undefined : freeRanges(seen.survey, layoutOf({ seen, ...world })),
  check: (answer, world) => {
    if (answer.length === 0) return 'a range is needed, such as 10.86.0.0/24';
    const seen = (world.seen.survey?.surveyed ?? []).flatMap(({ machine, facts }) =>
      facts.ranges.map((text) => ({ machine, text, span: spanOf(text) })),
    );
    const most = nodeNames(layoutOf(world)).length + (world.answers.clients ?? []).length;
    return firstWrong(answer, (text) => {
      const parsed = parseRange(text);
      if (!parsed.ok) return `"${text}" ${parsed.message}; ${parsed.fix}`;
      const span = spanOf(parsed.text);
      const met = seen.find((one) => overlaps(one.span, span));
      if (met !== undefined)
        return `${text} overlaps ${met.text}, which ${met.machine} has a route to; choose another`;
      const room = span.last - span.first - 1n;
      return room < BigInt(most)
        ? `${text} has too few addresses for ${most} members; /${Math.min(24, prefixLength(text) - 1)} has more`
        : undefined;
    });
  },
});

const port = question<'port'>({
  key: 'port',
  kind: 'port',
  help: 'UDP port of the network, on every machine',
  isOpen: unanswered('port'),
  text: () => 'UDP port? (free on all machines)',
  suggest: (world) => freeOnAll(layoutOf(world)).port,
  check: (answer, world) => {
    if (!Number.isInteger(answer) || answer < 1 || answer > 65535)
      return 'a port is a whole number from 1 to 65535';
    for (const { node, surveyed } of layoutOf(world).placed) {
      const { udp, wireguard } = surveyed.facts;
      if (!udp.has(answer) || wireguard.some((one) => one.ours && one.port === answer)) continue;
      return `${udp.get(answer) ?? 'something'} uses UDP port ${answer} on ${node.name}; ${freeOnAll(layoutOf(world)).port} is free on all`;
    }
    return undefined;
  },
});

const forwards = question<'forwards'>({
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

const relay = question<'relay'>({
  key: 'relay',
  kind: 'choice',
  help: "the machine that forwards between pairs that can't connect directly",
  isOpen: (world) => unanswered('relay')(world) && needsRelay(world),
  text: () => "Some pairs can't connect directly. Through which machine do they go?",
  suggest: (world) => publicNodes(layoutOf(world))[0],
  choices: (world) => asChoices(publicNodes(layoutOf(world))),
});

const forwarded = question<'forwarded'>({
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

const rehearse = question<'rehearse'>({
  key: 'rehearse',
  kind: 'yes',
  help: 'whether to rehearse on disposable machines before the real ones',
  isOpen: ({ answers, seen }) => seen.canRehearse && answers.rehearse === undefined,
  text: () => 'Rehearse on disposable machines first? (touches nothing real)',
  suggest: ({ seen }) => seen.canRehearse,
  unattended: false,
});

const apply = question<'apply'>({
  key: 'apply',
  kind: 'yes',
  help: 'whether to apply the plan',
  isOpen: ({ answers }) => answers.apply === undefined,
  text: () => 'Apply this to the real machines?',
  suggest: () => false,
  unattended: false,
});

/** Every question, in the order in which they are asked. */
export const QUESTIONS: readonly Question[] = [
  machines,
  hostKeys,
  leaveOut,
  found,
  names,
  sites,
  publicAddresses,
  networkName,
  clients,
  shape,
  hub,
  gateway,
  device,
  range,
  port,
  forwards,
  relay,
  forwarded,
  rehearse,
  apply,
] as readonly unknown[] as readonly Question[];

export const questionOf = (key: Key): Question => {
  const one = QUESTIONS.find((question) => question.key === key);
  if (one === undefined) throw new RangeError(`no question ${key}`);
  return one;
};
