/**
 * POSIX sh that prints `@foreign TEXT` for each rule and route that systemd-networkd did not make and may remove when it
 * starts: rules of other protocols than the kernel's, and routes that somebody added to an interface of networkd's.
 */
const FOREIGN_ROUTING = `keeps() {
case $(cat /usr/lib/systemd/networkd.conf.d/*.conf /etc/systemd/networkd.conf /run/systemd/networkd.conf.d/*.conf /etc/systemd/networkd.conf.d/*.conf 2>/dev/null | sed -n "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*//p" | tail -n 1) in
0 | n | no | f | false | off) return 0 ;;
esac
return 1
}
if command -v ip >/dev/null 2>&1; then
keeps ManageForeignRoutingPolicyRules || for family in 4 6; do
ip -details "-$family" rule show 2>/dev/null | sed -n '/ proto kernel/d; s/ proto [a-z0-9]*//; s/^\\([0-9]*\\):[[:space:]]*/@foreign rule \\1 /p'
done
keeps ManageForeignRoutes || {
added=$(for family in 4 6; do ip "-$family" route show table all 2>/dev/null; done | grep -v ' proto \\| table local\\|^local \\|^broadcast \\|^multicast \\|^anycast ')
[ -z "$added" ] || for link in $(networkctl --no-legend --no-pager list 2>/dev/null | awk '$5 != "unmanaged" { print $2 }'); do
echo "$added" | sed -n "/ dev $link\\( \\|$\\)/{s/ *$//;s/^/@foreign route /p;}"
done
}
fi`;

const MARK = '@foreign ';
const SHOWN = 3;

const isNetworkd = (unit: string): boolean => /^systemd-networkd(\.service)?$/.test(unit);

/** Follows the probe of the unit, where a start of it may remove rules and routes of others. */
export function foreignRoutingProbe(unit: string): string {
  return isNetworkd(unit) ? `\n${FOREIGN_ROUTING}` : '';
}

/** Rules and routes that a start of systemd-networkd may remove, each as `ip` writes it. */
export function parseForeignRouting(stdout: string): readonly string[] {
  return stdout
    .split('\n')
    .flatMap((line) => (line.startsWith(MARK) ? [line.slice(MARK.length).trim()] : []));
}

/** What a plan says of them; undefined where there are none. */
export function foreignRoutingDetail(foreign: readonly string[]): string | undefined {
  if (foreign.length === 0) return undefined;
  const more = foreign.length > SHOWN ? ` and ${foreign.length - SHOWN} more` : '';
  const settings = [
    ...(foreign.some((one) => one.startsWith('rule ')) ? ['ManageForeignRoutingPolicyRules=no'] : []),
    ...(foreign.some((one) => one.startsWith('route ')) ? ['ManageForeignRoutes=no'] : []),
  ];
  return `may remove what others made: ${foreign.slice(0, SHOWN).join('; ')}${more} (${settings.join(' and ')} in /etc/systemd/networkd.conf keeps them)`;
}
