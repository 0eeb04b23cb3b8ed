import { quote } from '../../../remote/quote.js';
import prepareUnit from './prepare-unit.sh';

/** Lines of the unit's journal that are brought out on failure. */
const JOURNAL_LINES = 10;

/** Fails clearly if the unit isn't there, and lets systemd read unit files that have just been written. */
const prepare = (unit: string): string => `unit=${quote(unit)}\n${prepareUnit}`;

/** `systemctl enable` succeeds, and changes nothing, for a unit that nothing could pull in at boot. */
export function enableScript(unit: string): string {
  return `${prepare(unit)}systemctl enable --quiet -- "$unit" || exit
case $(systemctl is-enabled -- "$unit") in
enabled | alias) ;;
*) echo "$unit can't be enabled: it has no [Install] section" >&2; exit 1 ;;
esac`;
}

export function disableScript(unit: string): string {
  return `${prepare(unit)}systemctl disable --quiet -- "$unit"`;
}

export function stopScript(unit: string): string {
  return `${prepare(unit)}systemctl stop -- "$unit"`;
}

/** Starts or restarts, and looks again a moment later: a simple service counts as started before it reads its files. */
export function startScript(
  verb: 'start' | 'restart',
  unit: string,
  { failed }: { readonly failed: boolean },
): string {
  return `${prepare(unit)}fail() {
echo "$1" >&2
command -v journalctl >/dev/null 2>&1 && journalctl -u "$unit" -n ${JOURNAL_LINES} -q -o cat --no-pager >&2
exit 1
}
${failed ? 'systemctl reset-failed -- "$unit" || exit\n' : ''}systemctl ${verb} -- "$unit" || fail "$unit does not start"
sleep 0.3
systemctl is-active --quiet -- "$unit" || fail "$unit ended right after its start"`;
}
