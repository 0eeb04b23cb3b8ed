import { command, quote } from '../../../remote/quote.js';
import { reading, type Script, sh } from '../../../remote/script.js';
import { configPath } from '../tunnel/readings.js';

/** A public key as `wg` prints it. */
export const PUBLIC_KEY = /^[A-Za-z0-9+/]{43}=$/;

/** Path of the private key of an interface; it never leaves the node. */
export function keyPath(interfaceName: string): string {
  return `/etc/wireguard/${interfaceName}.key`;
}

/** Sets a variable to the public key of the key file; empty if it contains none, or without `wg`. */
export function readOwnKey(variable: string, interfaceName: string): Script {
  return sh`${variable}=${reading(`wg pubkey <${quote(keyPath(interfaceName))}`)}`;
}

/** Sets a variable to mode, owner and group of the key file: `600 root root`. */
export function readKeyTraits(variable: string, interfaceName: string): Script {
  return sh`${variable}=${reading(command('stat', '-c', '%a %U %G', keyPath(interfaceName)))}`;
}

/** Prints the private key that a configuration contains; only used on the node, in pipes. */
export function inlineKey(interfaceName: string): string {
  return `sed -n 's/^[[:space:]]*[Pp]rivate[Kk]ey[[:space:]]*=[[:space:]]*//p' ${quote(configPath(interfaceName))} 2>/dev/null | head -n 1`;
}
