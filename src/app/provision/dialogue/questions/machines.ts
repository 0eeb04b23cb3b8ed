import { nodeThere } from '../../infer/there.js';
import { wanted } from '../derived.js';
import { hindrances, isFull } from '../hindrances.js';
import { addedTo, modeOf } from '../mode.js';
import type { World } from '../types.js';
import { firstWrong, question, unanswered, unknownAmong } from './common.js';

export const machines = question<'machines'>({
  key: 'machines',
  kind: 'list',
  help: 'machines to connect: hosts of ~/.ssh/config, or user@host:port',
  isOpen: unanswered('machines'),
  text: (world) => {
    const which = addedTo(world) === undefined ? 'Which machines?' : 'Which machines are new?';
    return hostsFor(world).length > 0
      ? `${which} (these are in ~/.ssh/config; or write user@host)`
      : `${which} ~/.ssh/config names ${world.seen.hosts.length > 0 ? 'no others' : 'none'}: write user@host, user@host …`;
  },
  suggest: (world) => (hostsFor(world).length > 0 ? hostsFor(world) : undefined),
  check: (answer, world) =>
    answer.length === 0
      ? 'at least one machine is needed, such as root@192.0.2.7'
      : (firstWrong(answer, (machine) =>
          /^[A-Za-z0-9_][\w.@:[\]%+-]*$/.test(machine)
            ? undefined
            : `"${machine}" is not a host; write user@host or user@host:port`,
        ) ??
        firstWrong(answer, (machine) => {
          const node = nodeIn(machine, world);
          return node === undefined
            ? undefined
            : `${machine} is in the inventory already${node === machine ? '' : `, as ${node}`}; leave it out here`;
        }) ??
        isFull(answer.length, world)),
});

const nodeIn = (machine: string, world: World): string | undefined => {
  const there = addedTo(world);
  return there && nodeThere(machine, there);
};

/** Hosts of ~/.ssh/config that may be meant. */
const hostsFor = (world: World): string[] =>
  world.seen.hosts.filter((host) => nodeIn(host, world) === undefined);

/** Fingerprints that aren't confirmed. */
export function unconfirmed({ seen, answers }: World): string[] {
  const known = answers.hostKeys ?? [];
  if (known.includes('accept-new')) return [];
  return (seen.survey?.unknownKeys ?? [])
    .map(({ fingerprint }) => fingerprint)
    .filter((one) => !known.includes(one));
}

export const hostKeys = question<'hostKeys'>({
  key: 'hostKeys',
  kind: 'keys',
  help: 'fingerprints of host keys that you have compared, SHA256:…; accept-new takes any new one',
  isOpen: (world) => modeOf(world) !== 'keep' && unconfirmed(world).length > 0,
  text: () => "Are these the machines' own keys?",
  suggest: () => undefined,
  check: (answer) =>
    firstWrong(answer, (one) =>
      one === 'accept-new' || /^SHA256:[A-Za-z0-9+/]{43}$/.test(one)
        ? undefined
        : `"${one}" is not a fingerprint; write SHA256:…`,
    ),
});

export const leaveOut = question<'leaveOut'>({
  key: 'leaveOut',
  kind: 'list',
  help: 'machines to leave out, if they cannot be logged into or used',
  isOpen: (world) =>
    modeOf(world) !== 'keep' &&
    unconfirmed(world).length === 0 &&
    [...hindrances(world).keys()].some((one) => wanted(world).includes(one)),
  text: () => 'Leave these out? (write none to try them again)',
  suggest: (world) => {
    const unable = [...(world.answers.leaveOut ?? []), ...hindrances(world).keys()];
    return leavesNone(unable, world) ? [] : unable;
  },
  unattended: [],
  check: (answer, world) =>
    unknownAmong(answer, world.answers.machines ?? [], 'machine') ??
    (leavesNone(answer, world) ? 'that leaves no machine; write none to try them again' : undefined),
});

const leavesNone = (left: readonly string[], { answers }: World): boolean =>
  (answers.machines ?? []).every((machine) => left.includes(machine));
