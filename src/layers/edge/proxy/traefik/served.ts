import type { Question } from '../../../../remote/question.js';
import { command, quote } from '../../../../remote/quote.js';
import { STATUS_PORT } from '../paths.js';
import routers from './routers.pl';

/** sh that prints a line `STATUS NAME` for each router, and fails if Traefik doesn't answer. */
const ROUTERS = `perl -e ${quote(routers)} ${STATUS_PORT}`;

/** The names of the routers that serve. */
export const servedRouters: Question<ReadonlySet<string> | undefined> = {
  script: `${ROUTERS} || echo none`,
  parse: ({ stdout }) => {
    const words = stdout.split('\n').map((line) => line.split(' '));
    if (words.some(([status]) => status === 'none')) return undefined;
    return new Set(words.flatMap(([status, name]) => (status === 'enabled' && name ? [name] : [])));
  },
};

/** sh that waits until Traefik serves these routers; it watches its files, so it needs no word. */
export function waitForRouters(names: readonly string[]): string {
  if (names.length === 0) return ':';
  return `tries=0
while :; do
seen=$(${ROUTERS})
missing=
for name in ${command(...names)}; do
case "
$seen
" in *"
enabled $name
"*) ;; *) missing="$missing $name" ;; esac
done
[ -n "$missing" ] || break
tries=$((tries + 1))
if [ "$tries" -gt 50 ]; then
echo "Traefik does not serve:$missing" >&2
journalctl -u bridgehead-traefik.service -n 20 -o cat --no-pager >&2
exit 1
fi
sleep 0.2
done`;
}
