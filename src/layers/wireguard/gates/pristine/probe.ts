import { READ_RULES_IN_THE_WAY } from '../../../../facts/firewall/read.js';
import type { Network } from '../../../../model/inventory.js';
import type { Question } from '../../../../remote/question.js';
import { command, quote } from '../../../../remote/quote.js';
import { END_LINE, fromLines, type Lines } from '../../../../remote/reply-lines.js';
import { lines, type Script, sh } from '../../../../remote/script.js';
import { listing } from '../../../shared/listing.js';
import { MANAGED } from '../../../shared/managed.js';
import { recordPath } from '../../ownership/record.js';
import { configPath, readInterface } from '../../tunnel/readings.js';
import { ipv6Probe } from '../shared/ipv6.js';
import foreignFiles from './foreign-files.sh';
import { probeNextBoot } from './next-boot.js';

/** Names of units left by another cluster or network plugin. */
const FOREIGN_UNITS = ['k3s', 'rke2', 'kubelet', 'cilium', 'calico', 'flannel'] as const;
/** Lines that are read of a firewall's table; a longer one isn't judged. */
export const FIREWALL_LINES = 1000;
const ADDRESS_LINES = 2000;

/** A network that a node is in. */
export interface Membership {
  readonly network: Network;
  /** Overlay addresses of the nodes that may connect to the node; undefined if clients may too, since they sleep. */
  readonly callers: readonly string[] | undefined;
}

/** Seconds for which a handshake proves that the peer's packets arrive. */
const FRESH = 180;
const SLACK = 10;

/** sh that clears `talking` unless all nodes that may connect to this one have shaken hands recently, at the wanted port. */
function probeTalk({ network: { port }, callers }: Membership): string {
  if (callers?.length === 0) return ':';
  if (callers === undefined) return 'talking=no';
  return `fresh= now=\${live##*@now }
case $owner.$there.$bound.$now in
ours.yes.${port}.*[!0-9]* | ours.yes.${port}.) talking=no ;;
ours.yes.${port}.*)
while read -r word _ _ shake _ allowed; do
[ "$word" = @peer ] && [ $((now - shake)) -le ${FRESH} ] && [ $((shake - now)) -le ${SLACK} ] && fresh="$fresh $allowed"
done <<BRIDGEHEAD_LIVE
$live
BRIDGEHEAD_LIVE
for address in ${command(...callers)}; do
case "$fresh " in *" $address/32 "* | *" $address/128 "*) ;; *) talking=no ;; esac
done ;;
*) talking=no ;;
esac`;
}

function probeNetwork(membership: Membership, number: number): Script {
  const { interface: name, port } = membership.network;
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const conf = quote(configPath(name));
  return sh`owner=nobody
if [ -f ${quote(recordPath(name))} ]; then owner=ours managed=yes
elif [ -f ${conf} ]; then
owner=foreign line=
read -r line <${conf}
case $line in ${quote(MANAGED)}*) owner=ours managed=yes ;; esac
fi
[ -d ${quote(`/sys/class/net/${name}`)} ] && there=yes || there=no
taken=no bound= live=
if [ "$owner $there" = 'ours yes' ]; then
${readInterface('live', name)}
set -f; set -- $live; set +f
bound=\${3-${port}}
fi
[ "$bound" = ${port} ] || ! grep -qs ': [0-9A-F]*:${hex} ' /proc/net/udp /proc/net/udp6 || taken=yes
echo "network ${number} $owner $there $taken"
[ "$taken" = no ] || ! command -v wg >/dev/null 2>&1 || wg show all listen-port 2>/dev/null | while read -r device bound; do echo "listen $device $bound"; done
${probeTalk(membership)}`;
}

const LEFTOVERS = `if [ "$managed" = no ]; then
for unit in $(systemctl list-units --all --plain --no-legend --no-pager --type=service ${command(...FOREIGN_UNITS.map((unit) => `${unit}*`))} 2>/dev/null | while read -r unit load _; do [ "$load" = not-found ] || echo "$unit"; done); do
echo "unit $unit"
done
for file in ${[
  '/etc/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
]
  .flatMap((folder) => FOREIGN_UNITS.map((unit) => `${folder}/${unit}*.service`))
  .join(' ')}; do
[ -e "$file" ] && echo "unit \${file##*/}"
done
${foreignFiles}fi`;

const ADDRESSES = listing({
  source: 'ip -o addr show',
  columns: { words: '_ name _ address _', shown: '$name $address' },
  prefix: 'address',
  limit: ADDRESS_LINES,
  more: 'cut addresses',
});

/**
 * What is left of the machine's earlier use, and what conflicts with the networks, those with IPv6 by interface; `wanted`
 * are all interfaces that the node is to have.
 */
export function pristineQuestion(
  memberships: readonly Membership[],
  ipv6: readonly string[],
  wanted: readonly string[],
): Question<Lines> {
  const script = lines(
    'managed=no talking=yes',
    // An interface that isn't there yet gets the default.
    ipv6Probe(ipv6.length > 0 ? ['default', ...ipv6] : []),
    ...memberships.map(probeNetwork),
    probeNextBoot(wanted),
    LEFTOVERS,
    ADDRESSES,
    // Rulesets are long, and working tunnels have already given the answer.
    `if [ "$talking" = no ]; then\n${READ_RULES_IN_THE_WAY}\nfi`,
    `echo ${END_LINE}`,
  );
  return { script, parse: fromLines((words) => words) };
}
