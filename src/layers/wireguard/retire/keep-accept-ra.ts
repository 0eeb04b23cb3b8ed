import { quote } from '../../../remote/quote.js';

/** Outlives our other files of kernel settings, and is named unlike them. */
export const KEPT_ACCEPT_RA = '/etc/sysctl.d/98-bridgehead-accept-ra.conf';

const HEADER =
  '# Left by Bridgehead: this machine forwards IPv6 for something else, and accepts router advertisements only with these lines.';

/**
 * sh: `keep_accept_ra SETTINGS`, called once the file that held these lines is gone, keeps those with accept_ra = 2 for the next boot
 * while the kernel goes on forwarding IPv6: a machine whose default route is advertised would lose it otherwise.
 */
export const KEEP_ACCEPT_RA = `keep_accept_ra() {
forwards=0
read -r forwards 2>/dev/null </proc/sys/net/ipv6/conf/all/forwarding
[ "$forwards" != 0 ] || return 0
printf '%s\\n' "$1" | grep '^net[.]ipv6[.]conf[.].*[.]accept_ra = 2$' | while read -r line; do
! grep -qsxF "$line" /etc/sysctl.d/*.conf || continue
[ -s ${KEPT_ACCEPT_RA} ] || echo ${quote(HEADER)} >${KEPT_ACCEPT_RA}
chmod 644 ${KEPT_ACCEPT_RA} && echo "$line" >>${KEPT_ACCEPT_RA}
done
}`;
