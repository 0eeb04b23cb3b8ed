import { quote } from '../../remote/quote.js';

/** Has a unit started now and at boot by `verb`; why it failed stands in the journal alone, so that is brought out. */
export function startUnit(unit: string, verb: 'restart' | 'reload-or-restart'): string {
  const name = quote(unit);
  return `systemctl enable --quiet ${name} && systemctl ${verb} ${name} || { journalctl -u ${name} -n 20 -o cat --no-pager >&2; exit 1; }`;
}
