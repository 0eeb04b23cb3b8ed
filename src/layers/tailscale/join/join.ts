import type { Secret } from '../../../core/secret.js';
import { command, quote } from '../../../remote/quote.js';
import joinScript from './join.sh';

/** sh that logs the node in with a key, by the flags of `tailscale up`; without a key, as in a plan that isn't carried out, it fails. */
export function joinWithKeyScript(key: Secret | undefined, flags: readonly string[]): string {
  if (key === undefined) return `echo 'the key for the tailnet was not read' >&2\nexit 1`;
  return `(\nkey=${quote(key.reveal())}\nset -- ${command(...flags)}\n${joinScript})`;
}

/** sh that starts a tailnet again that was only switched off. */
export const RESUME = 'timeout -k 5 40 tailscale up --timeout=25s --accept-risk=all';

export const setScript = (flags: readonly string[]): string =>
  `timeout -k 5 30 ${command('tailscale', 'set', '--accept-risk=all', ...flags)}`;

/** Tries: the exit node may be joining at this moment. */
const EXIT_SECONDS = 40;

export function exitScript(exit: string | undefined): string {
  const set = setScript([`--exit-node=${exit ?? ''}`, `--exit-node-allow-lan-access=${exit !== undefined}`]);
  if (exit === undefined) return set;
  return `tries=0
until said=$(${set} 2>&1); do
tries=$((tries + 1))
[ "$tries" -lt ${EXIT_SECONDS} ] || { printf '%s\\n' "$said" >&2; exit 1; }
sleep 1
done`;
}
