import { allowFix, causeText, ownerOf } from '../../../../facts/firewall/cause.js';
import { type Cause, courseOf } from '../../../../facts/firewall/evaluate.js';
import type { Packet } from '../../../../facts/firewall/packet.js';
import { TOO_LONG } from '../../../../facts/firewall/read.js';
import { familyOf } from '../../../../model/address.js';
import { TAILNET_LINK } from '../../../tailscale/daemon/paths.js';
import { portWord } from '../../validation.js';
import { type End, type Outcome, packetOf, type Why } from './outcome.js';
import type { Probe } from './probes.js';
import type { Course, Seen } from './seen.js';
import { lostInTailnet } from './why-lost-in-tailnet.js';

/** Where a packet that should get in was stopped. `isAllowed`: also from the source that it really has. */
export function whyClosed(
  { probe, answer, end }: Outcome,
  target: Pick<Seen, 'tables' | 'admission'>,
  isAllowed: boolean,
): Why {
  switch (end.kind) {
    case 'unsent':
      return unsent(probe, end.error);
    case 'lost':
      return probe.way.device === TAILNET_LINK
        ? lostInTailnet(probe, target.admission)
        : lost(probe, answer, end);
    default:
      return isAllowed ? dropped(target, probe, end) : otherSource(probe, end);
  }
}

function unsent({ way }: Probe, error: string): Why {
  const { from } = way;
  const family = familyOf(way.address);
  return /permitted/i.test(error)
    ? { seen: `the firewall of ${from} drops it on its way out`, fix: `let ${from} send to ${way.address}` }
    : {
        seen: `${from} cannot send it: ${error}`,
        fix: `check \`ip -${family} route get ${way.address}\` on ${from} and give it a route`,
      };
}

function lost(probe: Probe, answered: string, { stuckAt }: Extract<End, { kind: 'lost' }>): Why {
  const { way, protocol, port, arrives } = probe;
  const { from, to } = way;
  if (stuckAt !== undefined) {
    return {
      seen: `it came as far as ${stuckAt.node}, which did not forward it`,
      fix: `check what the gate forwarding reports for ${stuckAt.node}`,
    };
  }
  const [, , , refuser] = /^icmp (\d+) (\d+) (\S+)/.exec(answered) ?? [];
  const answer =
    refuser !== undefined
      ? `; ${refuser} refuses it`
      : answered === 'refused'
        ? '; something refuses it'
        : '';
  const fix =
    way.via === 'forward'
      ? `forward ${protocol.toUpperCase()} port ${port} to ${to}, port ${arrives}, on the router of its site`
      : way.via === 'overlay'
        ? `check what the gates handshake and ping report for ${from} and ${to}`
        : `open ${portWord({ protocol, port })} in the firewall of the provider or the router in front of ${to}`;
  return { seen: `it does not arrive at ${to}${answer}`, fix };
}

type Dropped = Extract<End, { kind: 'dropped' | 'passed' }>;

function dropped({ tables }: Pick<Seen, 'tables'>, probe: Probe, { course }: Dropped): Why {
  const { to } = probe.way;
  const packet = packetOf(probe, course);
  if (tables === undefined) return byUnknown(to);
  const { drop, maybe } = courseOf(tables, packet);
  const cause = drop ?? maybe[0];
  if (cause === undefined) return byNoRule(probe, course);
  const verb = drop ? 'dropped' : 'perhaps dropped';
  return { seen: `${verb} by ${causeText(cause)}`, fix: openFix(cause, packet, to) };
}

/** The rule that lets the packet in, or what makes it. */
export function openFix(cause: Cause, packet: Packet, node: string): string {
  return ownerOf(cause) === 'Bridgehead'
    ? `apply the phase with the step firewall on ${node}`
    : allowFix(cause, packet, node);
}

/** It came and went no further, and the rules are too many to show why. */
export const byUnknown = (node: string): Why => ({
  seen: `${node} drops it, by which rule is not known: ${TOO_LONG}`,
  fix: `find the rule on ${node}: \`nft -t list ruleset\` shows all of them, without their sets`,
});

/** It came and went no further, and the rules don't show why. */
export function byNoRule({ way }: Probe, { came }: Course): Why {
  const { to, address } = way;
  return {
    seen: `it arrives on ${came?.device}, and ${to} drops it, by no rule`,
    fix: `check \`ip -${familyOf(address)} route get ${came?.address}\` on ${to}: with rp_filter the kernel drops what it would answer on another interface`,
  };
}

function otherSource({ way }: Probe, { course }: Dropped): Why {
  const { from, to } = way;
  const { address, device } = course.came ?? {};
  return {
    seen: `it arrives from ${address} on ${device}, which no rule of ${to} lets in; the inventory has ${way.source} for ${from}`,
    fix: `correct the addresses of ${from} or of its site, or let ${address} in`,
  };
}
