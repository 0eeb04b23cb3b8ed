import { overlaps, prefixLength, spanOf } from '../../../../model/address.js';
import { parseRange } from '../../../../model/parse-address.js';
import { freeOnAll, freeRanges } from '../../infer/design.js';
import { choicesOf, layoutOf, nodeNames } from '../derived.js';
import { firstWrong, question, unansweredForNew } from './common.js';

export const device = question<'interface'>({
  key: 'interface',
  kind: 'text',
  help: "name of the network's interface",
  isOpen: (world) => unansweredForNew('interface')(world) && choicesOf(world).interface !== 'wg0',
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

export const range = question<'range'>({
  key: 'range',
  kind: 'list',
  help: "the network's own address range; one per address family",
  isOpen: unansweredForNew('range'),
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

export const port = question<'port'>({
  key: 'port',
  kind: 'port',
  help: 'UDP port of the network, on every machine',
  isOpen: unansweredForNew('port'),
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
