import { command, quote } from '../../../remote/quote.js';
import { PROXY_USER } from '../proxy/paths.js';

/**
 * sh that gives a file to the proxy, and to nobody else. The proxy could put a link in the place of the file or of one of its folders in the
 * meantime: find follows none, and what root does by a path of the proxy's ends there.
 */
export function mendKeyFile(state: string, path: string): string {
  const pattern = path.replaceAll(/[*?[\]\\]/g, '\\$&');
  const own = command('-execdir', 'chown', '-h', `${PROXY_USER}:${PROXY_USER}`, '{}', '+');
  const asProxy = command('setpriv', `--reuid=${PROXY_USER}`, `--regid=${PROXY_USER}`, '--clear-groups');
  return `find ${quote(state)} -path ${quote(pattern)} -type f -links 1 ${own} && ${asProxy} ${command('chmod', '0600', path)}`;
}
