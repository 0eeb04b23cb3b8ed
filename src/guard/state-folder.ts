import { quote } from '../remote/quote.js';
import field from './field.sh';

/** The state folder on a node, readable by root alone. */
export const STATE_FOLDER = '/var/lib/bridgehead';

/** Name of the unit that restores an armed node at boot; it stands in /etc only while a guard is armed. */
export const BOOT_UNIT = 'bridgehead-guard.service';

const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/;

/** A run id as it may stand in paths and unit names; throws on any other. */
export function checkedRun(run: string): string {
  if (!RUN_ID.test(run)) throw new TypeError(`run id ${JSON.stringify(run)} is malformed`);
  return run;
}

/** A word that becomes one line of a file on the node; throws when it is more than that. */
export function checkedLine(text: string): string {
  if (text === '' || /[\0-\x1f\x7f]/.test(text))
    throw new TypeError(`${JSON.stringify(text)} is not one line of text`);
  return text;
}

/**
 * Functions and variables that every fragment of the guard begins with. `open_state` makes the folder, or refuses one
 * that another user could have prepared; `with_mutex` lets one fragment at a time decide.
 */
export function prelude(): string {
  return `state=${quote(STATE_FOLDER)}
umask 077
set -f
# Of what another run's program has taken away meanwhile, find tells nonsense.
still_planted='for one; do if [ -L "$one" ] || { [ -e "$one" ] && [ ! -O "$one" ]; }; then echo "$one"; fi; done'
refuse() { echo "$1" >&2; exit 1; }
check_state() {
[ ! -L "$state" ] || refuse "$state is a symbolic link; remove it"
[ -d "$state" ] || refuse "$state is not a folder; remove it"
traits=$(stat -c '%a %u' "$state")
[ -O "$state" ] && [ "\${traits% *}" = 700 ] || refuse "$state is not root's alone; look at what is in it, then remove it"
planted=$(find "$state" -maxdepth 3 '(' -type l -o ! -user "\${traits#* }" ')' -exec sh -c "$still_planted" sh {} + 2>/dev/null)
[ -z "$planted" ] || refuse "$state holds what root did not put there: $(echo "$planted" | head -n 3 | tr '\\n' ' '); remove it"
}
open_state() {
if [ ! -e "$state" ] && [ ! -L "$state" ]; then why=$(mkdir -m 700 "$state" 2>&1) || [ -d "$state" ] || refuse "cannot make $state: $why"; fi
check_state
for part in guard runs; do
[ -d "$state/$part" ] || why=$(mkdir "$state/$part" 2>&1) || [ -d "$state/$part" ] || refuse "cannot make $state/$part: $why"
done
}
with_mutex() {
command -v flock >/dev/null 2>&1 || refuse 'no flock here; install util-linux'
exec 9>>"$state/mutex" || refuse "cannot write in $state"
flock -w 30 9 || refuse 'another program has held the state folder for 30 s'
}
boot_id() { read -r boot_line </proc/sys/kernel/random/boot_id && echo "$boot_line"; }
uptime_seconds() { read -r uptime_line </proc/uptime && echo "\${uptime_line%%.*}"; }
${field}is_armed() { [ -d "$state/guard/armed" ] || [ -d "$state/guard/firing" ]; }
`;
}
