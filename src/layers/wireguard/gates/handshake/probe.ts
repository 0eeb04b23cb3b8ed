import type { Network } from '../../../../model/inventory.js';
import { command, quote } from '../../../../remote/quote.js';
import { END_LINE } from '../../../../remote/reply-lines.js';
import { lines, type Script, sh } from '../../../../remote/script.js';
import { pollFunction } from '../../../shared/poll/poll.js';
import { NUDGE } from '../../tunnel/nudge.js';
import { readConfigTraits } from '../../tunnel/readings.js';
import { CLOCK_SLACK } from './clock-back.js';
import received from './received.sh';
import redirect from './redirect.sh';
import renew from './renew.sh';

/** A peer that is asked for a handshake. */
export interface AskedPeer {
  /** Overlay addresses. */
  readonly addresses: readonly string[];
  /** Whether the node is the one to connect; otherwise it only connects later, if the peer doesn't. */
  readonly first: boolean;
  /** Set if the peer is known to have lost its session: the node's own is dead, however fresh it looks. */
  readonly dead?: { readonly interface: string; readonly publicKey: string };
}

export interface HandshakeProbe {
  readonly networks: readonly Network[];
  readonly peers: readonly AskedPeer[];
  /** Public keys of peers that the run leaves out: they are not waited for. */
  readonly leftOut: readonly string[];
  /** Seconds. */
  readonly maxAge: number;
  /** Seconds. */
  readonly patience: number;
}

/** Rounds of waiting, half a second in total, before the other side of a pair connects too. */
const LEAVE_IT = 4;
/** As many rounds of waiting go by between two calls of silent peers where the config has them. */
const REDIRECT_EVERY = 4;

function look(network: Network, number: number, maxAge: number, leftOut: readonly string[]): string {
  const name = quote(network.interface);
  const keys = [
    ...[...network.clients, ...network.unmanaged].flatMap(({ publicKey }) => publicKey ?? []),
    ...leftOut,
  ].map(quote);
  const asleep = keys.length === 0 ? '' : `case $key in ${keys.join(' | ')}) continue ;; esac\n`;
  return `shakes=$(wg show ${name} latest-handshakes 2>/dev/null) || shakes=
transfer=
while read -r key time; do
[ -n "$key" ] || continue
report="$report
shake ${number} $key $time"
${asleep}if [ $((clock - time)) -gt ${maxAge} ] || [ $((time - clock)) -gt ${CLOCK_SLACK} ]; then stale=yes missed="$missed "${name}" $key"
elif [ "$time" -lt "\${changed_${number}:-0}" ]; then
[ -n "$transfer" ] || transfer=$(wg show ${name} transfer 2>/dev/null)
[ -n "$before_${number}" ] || before_${number}=$transfer
received "$key" "$before_${number}"
was=$rx
received "$key" "$transfer"
if [ "$rx" -gt "$was" ]; then report="$report
heard ${number} $key"
else unproven=yes missed="$missed "${name}" $key"
fi
fi
done <<BRIDGEHEAD_SHAKES
$shakes
BRIDGEHEAD_SHAKES`;
}

function callOf(peers: readonly AskedPeer[]): string {
  const addresses = peers.flatMap((peer) => peer.addresses);
  return addresses.length > 0 ? command('nudge', ...addresses) : ':';
}

/**
 * POSIX sh that waits until every peer has a recent handshake that is newer than the interface's config or was followed by
 * packets from the peer. A peer that stays silent is called where the config has it: a packet that it sent before it moved may
 * have taught WireGuard its former port again, which nobody answers. Prints `shake N KEY TIME`, `heard N KEY`, `changed N TIME` and `clock TIME`, unix seconds.
 */
export function handshakeProbe({ networks, peers, leftOut, maxAge, patience }: HandshakeProbe): Script {
  const dead = peers.flatMap((peer) => peer.dead ?? []);
  const renewals = dead.map((one) => `${command('renew', one.interface, one.publicKey)}\n`);
  const first = callOf(peers.filter((peer) => peer.first));
  return sh`${pollFunction(patience)}${NUDGE}${received}${redirect}${dead.length > 0 ? renew : ''}${renewals.join('')}round=0
${lines(
  ...networks.map(
    ({ interface: name }, number) => sh`${readConfigTraits('traits', name)}
changed_${number}=\${traits##* } before_${number}=`,
  ),
)}
while :; do
clock=$(date +%s) stale=no unproven=no report='' missed=''
${networks.map((network, number) => look(network, number, maxAge, leftOut)).join('\n')}
[ "$stale $unproven" != 'no no' ] || break
round=$((round + 1))
[ $((round % ${REDIRECT_EVERY})) != 0 ] || redirect_all $missed
if [ "$round" -le ${LEAVE_IT} ] && [ "$unproven" = no ]; then ${first}
else ${callOf(peers)}
fi
[ "$round" != 1 ] || { sleep 0.02 2>/dev/null; continue; }
again || break
done
echo "clock $clock$report"
${networks.map((_network, number) => `echo "changed ${number} \${changed_${number}:-0}"`).join('\n')}
echo ${END_LINE}
`;
}
