import type { Explanation, Facts, StepContext } from '../../step.js';
import { isOurUnit } from '../daemon/files.js';
import { RECORD_PATH, STATE_FILE, TAILNET_LINK, TAILSCALED, UNIT_PATH } from '../daemon/paths.js';
import { isKin, parseRecord } from '../daemon/record.js';
import { TAILNET_IDENTITY } from '../facts.js';
import { type Membership, offeredTo } from '../inventory/members.js';
import { DEFAULT_LOGIN_SERVER } from '../inventory/schema.js';
import { coveredBy } from '../range/own-lans.js';
import { useText } from '../range/used.js';
import { isSameServer, loginOf } from './login.js';
import { cutsOwnLogin } from './own-login.js';
import type { TailscaleSeen } from './seen.js';

interface Judged {
  readonly context: StepContext<unknown>;
  readonly membership: Membership;
  readonly seen: TailscaleSeen;
  readonly facts: Facts;
}

/** Why the node must not be brought into its tailnet as it is. */
export function refusalsOf(judged: Judged): Explanation[] {
  return [foreign, foreignUnit, ownWayIn, clone, usedRange, coveredLan].flatMap((refusal) => refusal(judged));
}

/** Someone has brought it into a tailnet that isn't this one, perhaps at the same login server. */
function foreign({ context, membership: { tailnet }, seen, facts }: Judged): Explanation[] {
  const { prefs, status, files } = seen;
  const record = files.get(RECORD_PATH);
  const ours = record?.type === 'file' ? parseRecord(record.content ?? '') : undefined;
  if ((ours && isKin(ours, context.inventory)) || prefs === undefined || status === undefined) return [];
  if (['NoState', 'NeedsLogin'].includes(status.state)) return [];
  const others = new Set(
    tailnet.members
      .filter(({ node }) => node !== context.node.name)
      .map(({ node }) => facts.get(node, TAILNET_IDENTITY)),
  );
  const isAmongThem = status.peers.some(({ key }) => others.has(key));
  if (isSameServer(prefs.loginServer, tailnet.loginServer) && isAmongThem) return [];
  return [
    {
      code: 'E_NOT_OURS',
      message: `${context.node.name} is in another tailnet, at ${prefs.loginServer || DEFAULT_LOGIN_SERVER}`,
      fix: `log it out of that tailnet if nothing needs it any more, from a session that doesn't use it, or leave it out of network ${tailnet.name}`,
    },
  ];
}

function foreignUnit({ context, membership, seen }: Judged): Explanation[] {
  const unit = seen.files.get(UNIT_PATH);
  if (seen.packaged || unit === undefined || unit.type === 'absent' || isOurUnit(unit)) return [];
  return [
    {
      code: 'E_NOT_OURS',
      message: `${UNIT_PATH} of ${context.node.name} was written by somebody else`,
      fix: `remove it, install Tailscale's package, whose unit is used as it is, or leave ${context.node.name} out of network ${membership.tailnet.name}`,
    },
  ];
}

/** Joining anew makes the old key invalid at once, so nothing brings back a login that needs it. */
function ownWayIn({ context, membership, seen }: Judged): Explanation[] {
  if (loginOf(membership, seen) !== 'again' || seen.login?.device !== TAILNET_LINK) return [];
  return [cutsOwnLogin(context.node, `joining ${membership.tailnet.name} anew`)];
}

/** A machine copied from another is that other to the tailnet: both get the same address. */
function clone({ context, seen, facts }: Judged): Explanation[] {
  const key = seen.status?.self?.key;
  if (key === undefined || seen.status?.state === 'NeedsLogin') return [];
  const twin = context.inventory.nodes.find(
    ({ name }) => name < context.node.name && facts.get(name, TAILNET_IDENTITY) === key,
  );
  if (twin === undefined) return [];
  return [
    {
      code: 'E_STEP',
      message: `${context.node.name} has the identity of ${twin.name} in the tailnet: one was copied from the other`,
      fix: `log in to the copy by an address outside the tailnet, remove ${STATE_FILE} and restart ${TAILSCALED}, then run the command again`,
    },
  ];
}

function usedRange({ context, membership, seen }: Judged): Explanation[] {
  if (
    membership.tailnet.netfilter !== 'on' ||
    loginOf(membership, seen) === 'joined' ||
    seen.uses.length === 0
  )
    return [];
  return [
    {
      code: 'E_STEP',
      message: `${context.node.name} needs 100.64.0.0/10 for something else, and Tailscale would drop packets from there (${seen.uses.map(useText).join('; ')})`,
      fix: `write "netfilter: nodivert" in network ${membership.tailnet.name}, which leaves the firewall to you, or renumber the other`,
    },
  ];
}

/** Accepted routes come before those of the machine's own links. */
function coveredLan({ context, membership, seen }: Judged): Explanation[] {
  const { tailnet, member } = membership;
  if (!member.accepts) return [];
  const known = offeredTo(tailnet, member.node);
  const served = (seen.status?.peers ?? []).flatMap(({ hostName, routes }) =>
    routes.map((range) => ({ via: hostName, range })),
  );
  const ranges = new Map([...served, ...known].map((one) => [one.range, one]));
  return [...ranges.values()].flatMap(({ via, range }): Explanation[] => {
    const lan = range.endsWith('/0') ? undefined : coveredBy(range, seen.lans);
    if (lan === undefined) return [];
    return [
      {
        code: 'E_STEP',
        message: `${context.node.name} would send its packets for ${range} to ${via}, but is in ${lan.range} itself, on ${lan.device}`,
        fix: `remove ${member.node} from "accept" of network ${tailnet.name}, or don't advertise ${range}`,
      },
    ];
  });
}
