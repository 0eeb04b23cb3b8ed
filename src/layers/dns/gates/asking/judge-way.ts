import { count } from '../../../../core/text.js';
import { familyOf, sameAddress } from '../../../../model/address.js';
import { visitedName } from '../../../edge/gates/app/chains.js';
import type { Finding } from '../../../gate.js';
import { unitOf } from '../../resolver/unit.js';
import { placeText } from '../../views.js';
import { keyOf, type Reply, type Seen } from './seen.js';
import { TYPES, type Type, type Way, wantedOf } from './ways.js';

interface Trouble {
  readonly seen: string;
  readonly fix: string;
}

/** By DNS's numbers. */
const CODES: Readonly<Record<number, string>> = { 1: 'FORMERR', 2: 'SERVFAIL', 4: 'NOTIMP', 5: 'REFUSED' };
const REFUSED = 5;
const NO_NAME = 3;

const listed = (addresses: readonly string[]): string => addresses.join(', ') || 'no address';

export const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((address) => other.some((each) => sameAddress(each, address)));

/** What one node was answered at one place of a serving node. */
export function judgeWay(node: string, way: Way, seen: Seen): Finding {
  const { view, addresses, answers } = way;
  const base = {
    node,
    ...(view.server !== node && { peer: view.server }),
    expected: `${view.server} answers ${count(answers.length, 'name')} for ${placeText(view.place)} at ${addresses.join(', ')}`,
  };
  const [trouble] = addresses.flatMap((address) => judgeServer(way, address, seen) ?? []);
  if (trouble !== undefined) return { ...base, go: false, ...trouble };
  const families = [...new Set(addresses.map((address) => `IPv${familyOf(address)}`))].join(' and ');
  return { ...base, go: true, seen: `A and AAAA of all are right, over ${families}` };
}

function judgeServer({ view, answers }: Way, server: string, seen: Seen): Trouble | undefined {
  const all = answers.flatMap((answer) =>
    TYPES.map((type) => {
      const name = visitedName(answer.name);
      return {
        name,
        type,
        wanted: wantedOf(answer, type),
        reply: seen.replies.get(keyOf({ server, name, type })),
      };
    }),
  );
  const lost = all.flatMap(({ reply }) => (reply?.kind === 'lost' ? [reply.reason] : []));
  const [reason] = lost;
  if (reason !== undefined && lost.length === all.length) return silence(view, server, reason);
  for (const { name, type, wanted, reply } of all) {
    const wrong = reply && judgeReply({ server: view.server, at: server, name, type, wanted }, reply);
    if (wrong) return wrong;
  }
  const tcp = seen.tcp.get(server) ?? 'not measured';
  if (tcp === 'open') return undefined;
  return {
    seen: `${server} answers by UDP, but port 53/tcp is ${tcp === 'timeout' ? 'dropped' : tcp}`,
    fix: `let 53/tcp in on ${view.server}, too: answers that are too long for a datagram come that way`,
  };
}

function silence({ id, server }: Way['view'], at: string, reason: string): Trouble {
  const unit = unitOf(id);
  if (reason === 'refused') {
    const fix = `start it with \`bridgehead apply\`; \`journalctl -u ${unit}\` on ${server} has the reason if it doesn't stay up`;
    return { seen: `nothing listens at ${at} port 53: refused`, fix };
  }
  if (reason === 'timeout') {
    const fix = `check that ${unit} runs on ${server}, and that no firewall on the way drops 53/udp; the gate dropped-by names the rule`;
    return { seen: `no answer from ${at} port 53`, fix };
  }
  const fix = `fix the way to ${at} first: the gates ping and routes show what is wrong with an overlay`;
  return { seen: `${at} can't be asked: ${reason}`, fix };
}

interface Asked {
  readonly server: string;
  readonly at: string;
  readonly name: string;
  readonly type: Type;
  readonly wanted: readonly string[];
}

function judgeReply({ server, at, name, type, wanted }: Asked, reply: Reply): Trouble | undefined {
  const other = `see who answers: \`ss -lnup 'sport = :53'\` on ${server}`;
  if (reply.kind === 'lost') {
    const fix = `run the gate again; if it persists, see \`journalctl -u 'bridgehead-dns@*'\` on ${server}`;
    return { seen: `no answer from ${at} for the ${type} record of ${name}, but for other names`, fix };
  }
  const { code, data } = reply;
  if (code === REFUSED) return { seen: `${at} refuses to answer for ${name}`, fix: other };
  if (code !== 0 && code !== NO_NAME) {
    return {
      seen: `${at} answers ${CODES[code] ?? `code ${code}`} for the ${type} record of ${name}`,
      fix: other,
    };
  }
  if (isSame(data, wanted)) return undefined;
  if (data.length === 0) {
    const what = code === NO_NAME ? `has no name ${name}` : `has no ${type} record of ${name}`;
    const fix = `\`bridgehead apply\` writes it: ${listed(wanted)}; if it changes nothing, ${other}`;
    return { seen: `${at} ${what}`, fix };
  }
  const instead = wanted.length === 0 ? 'and it should have none' : `not ${listed(wanted)}`;
  const fix = `\`bridgehead apply\` writes what the inventory says; if it changes nothing, ${other}`;
  return { seen: `${at} answers ${type} ${listed(data)} for ${name}, ${instead}`, fix };
}
