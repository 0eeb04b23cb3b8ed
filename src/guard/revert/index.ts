import { BOOT_PROOF } from '../boot-proof/index.js';
import { BASE } from './base.js';
import { FILES } from './files.js';
import { FIREWALL } from './firewall.js';
import { LINKS } from './links.js';
import { MAIN } from './main.js';
import { ROUTES } from './routes.js';
import { SYSCTL } from './sysctl.js';
import { UNITS } from './units.js';

/** The script that keeps a snapshot beside itself and puts it back: `way-back snapshot|restore|fire|boot|prove`. */
export const WAY_BACK = `${BASE}${FILES}${UNITS}${LINKS}${ROUTES}${FIREWALL}${SYSCTL}${BOOT_PROOF}${MAIN}`;
