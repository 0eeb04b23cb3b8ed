import { quote } from '../../../remote/quote.js';
import temporaryFile from '../../shared/temporary-file.sh';
import { keyPath } from './private-key.js';

/**
 * Writes a private key from `source` if there is none yet: by a hard link, so an existing key is never overwritten. `cat`
 * does the writing, since neither `wg` nor dash reports why it failed.
 */
export function makeKeyScript(interfaceName: string, source: string): string {
  const key = quote(keyPath(interfaceName));
  return `set -eu
umask 077
mkdir -p /etc/wireguard
${temporaryFile}new=$(temporary /etc/wireguard)
trap 'rm -f "$new"' EXIT
${source} | cat >"$new"
wg pubkey <"$new" >/dev/null
sync "$new" 2>/dev/null || sync
ln "$new" ${key}`;
}
