import { parseAddress } from '../../../../model/parse-address.js';
import { nameFrom } from '../../../draft/names.js';
import { namesIn } from '../../infer/there.js';
import { layoutOf, NONE, nodeNames, wanted } from '../derived.js';
import { addedTo } from '../mode.js';
import { checkName, firstWrong, question, unanswered, unknownAmong } from './common.js';

export const found = question<'found'>({
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

export const names = question<'names'>({
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
        (namesIn(addedTo(world)).includes(name)
          ? `"${name}" is in the inventory already; choose another name`
          : undefined) ??
        (nameFrom(name) === name
          ? undefined
          : `"${name}" means something else in a playbook; choose another name`),
    ) ??
    (new Set(Object.values(answer)).size < Object.keys(answer).length
      ? 'two machines have the same name'
      : undefined),
});

export const sites = question<'sites'>({
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

export const publicAddresses = question<'public'>({
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
