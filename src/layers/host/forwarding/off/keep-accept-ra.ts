import { quote } from '../../../../remote/quote.js';
import keepAcceptRa from './keep-accept-ra.sh';

/** Stays when our other files of kernel settings go, hence its different name. */
export const KEPT_ACCEPT_RA = '/etc/sysctl.d/98-bridgehead-accept-ra.conf';

const HEADER =
  '# Left by Bridgehead: this machine forwards IPv6 for something else, and accepts router advertisements only with these lines.';

/** sh: `keep_accept_ra SETTINGS`. */
export const KEEP_ACCEPT_RA = `kept_accept_ra=${KEPT_ACCEPT_RA}
kept_header=${quote(HEADER)}
${keepAcceptRa}`;
