import { quote } from '../../remote/quote.js';

/** Starts a unit now by `verb`, and at boot; if that fails, prints the journal, since the reason is only there. */
export function startUnit(unit: string, verb: 'restart' | 'reload-or-restart'): string {
  const name = quote(unit);
  return `systemctl enable --quiet ${name} && systemctl ${verb} ${name} || { journalctl -u ${name} -n 20 -o cat --no-pager >&2; exit 1; }`;
}
