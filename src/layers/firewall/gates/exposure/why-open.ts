import { admissionOf } from '../../../../facts/firewall/admission.js';
import { causeText, ownerOf } from '../../../../facts/firewall/cause.js';
import type { Cause } from '../../../../facts/firewall/evaluate.js';
import { TOO_LONG } from '../../../../facts/firewall/read.js';
import { translationOf } from '../../../../facts/firewall/translation.js';
import { ZONE_PRIORITY } from '../../../../guard/index.js';
import { hostPort } from '../../../../model/address.js';
import { portWord } from '../../validation.js';
import { packetOf, type Why } from '../probing/outcome.js';
import type { Probe } from '../probing/probes.js';
import type { Course } from '../probing/seen.js';
import type { Port } from '../probing/sockets.js';
import type { Judged } from './judge.js';

/** The rule that lets a packet in that should stay out, its owner, and who has the port. */
export function whyOpen({ target, held, to }: Judged, probe: Probe, course: Course): Why {
  const { came, passed, left } = course;
  const port: Port = { protocol: probe.protocol, port: came?.port ?? probe.arrives };
  const isTranslated = left !== undefined || (passed !== undefined && passed !== port.port);
  const cause = isTranslated
    ? translationOf(target.tables ?? [], packetOf(probe, came ? { came } : {}))
    : admissionOf(target.tables ?? [], packetOf(probe, course));
  const where = left && `, forwarded to ${hostPort(left.address, left.port)}`;
  const holder = held.find((one) => portWord(one) === portWord(port))?.holder;
  const who = where ?? (holder === undefined ? ', nobody listens on it' : `, ${holder} listens on it`);
  if (target.tables === undefined) {
    const fix = `find the rule on ${to} that lets it in, or allow it in \`firewall:\``;
    return { seen: `open${who}; by which rule is not known: ${TOO_LONG}`, fix };
  }
  const rule = cause === undefined ? `no rule on ${to} drops it` : causeText(cause);
  return { seen: `open${who}; ${rule}`, fix: `${closeFix(cause, port, to)}, or allow it in \`firewall:\`` };
}

/** The node answered, or something with its address, and no packet was seen to arrive there. */
export function whyAnswered({ wasReady, held, to }: Judged, { protocol, arrives }: Probe): Why {
  const port = portWord({ protocol, port: arrives });
  const holder = held.find((one) => portWord(one) === port)?.holder;
  const who = holder === undefined ? '' : `; ${holder} listens on it`;
  return wasReady
    ? {
        seen: `something answers in place of ${to}, which did not see the packet${who}`,
        fix: `find out what is in front of ${to} and has its address, or allow it in \`firewall:\``,
      }
    : {
        seen: `it is answered, before ${to} was ready to see the packet${who}`,
        fix: `apply the phase with the step firewall on ${to}, or allow it in \`firewall:\``,
      };
}

/** What closes the port, in the way of the rule's owner; no command, since it is somebody else's rule. */
function closeFix(cause: Cause | undefined, port: Port, node: string): string {
  if (cause === undefined) return `apply the phase with the step firewall on ${node}`;
  switch (ownerOf(cause)) {
    case 'Bridgehead':
      return `apply the phase with the step firewall on ${node}: this rule is from another version of the inventory`;
    case 'Docker':
      return `publish it for one address only on ${node}, such as \`-p 127.0.0.1:${port.port}:PORT\``;
    case 'UFW':
      return `remove it from UFW on ${node}, where \`ufw status numbered\` lists it`;
    case 'firewalld':
      return closeZoneFix(cause, port, node);
    case 'Tailscale':
      return `close it by the tailnet's access rules, or have Tailscale on ${node} use no chains of its own (\`--netfilter-mode=nodivert\`)`;
    default:
      return cause.rule === undefined
        ? `change the policy of chain ${cause.chain} on ${node}`
        : `remove this rule on ${node}, and from where it loads its rules`;
  }
}

const ZONE_CHAIN = /^filter_IN_(?!policy_)(.+?)(?:_(pre|log|deny|allow|post))?$/;

function closeZoneFix({ chain }: Cause, port: Port, node: string): string {
  const [, zone, part] = ZONE_CHAIN.exec(chain) ?? [];
  if (zone === undefined)
    return `remove ${portWord(port)} from firewalld's policies on ${node}, where \`firewall-cmd --list-all-policies\` lists it`;
  if (part === undefined) return `change the target of zone ${zone} on ${node}, or what is in it`;
  const remove = `remove ${portWord(port)} from zone ${zone} on ${node}, where \`firewall-cmd --zone=${zone} --list-all\` lists it`;
  return part === 'post'
    ? `apply the phase with the step firewall on ${node}, which removes rules of priority ${ZONE_PRIORITY}; else ${remove}`
    : remove;
}
