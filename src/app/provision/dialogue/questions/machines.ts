import { hindrances, wanted } from '../derived.js';
import type { World } from '../types.js';
import { firstWrong, question, unanswered, unknownAmong } from './common.js';

export const machines = question<'machines'>({
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

/** Fingerprints that nobody has confirmed. */
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

export const leaveOut = question<'leaveOut'>({
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
