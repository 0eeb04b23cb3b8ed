import { Secret } from '../../../core/secret.js';

/** The secrets of a configuration that the user kept. */
export interface KeptKeys {
  readonly privateKey?: Secret;
  readonly presharedKey?: Secret;
}

/** The private and the preshared key of a wg-quick configuration, as written. */
export function keysOfConfig(config: Secret): KeptKeys {
  const privateKey = writtenIn(config, 'privatekey');
  const presharedKey = writtenIn(config, 'presharedkey');
  return { ...(privateKey && { privateKey }), ...(presharedKey && { presharedKey }) };
}

function writtenIn(config: Secret, key: string): Secret | undefined {
  const written = config
    .reveal()
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*/, ''))
    .filter((line) => line.split('=')[0]?.trim().toLowerCase() === key)
    .map((line) => line.slice(line.indexOf('=') + 1).trim())
    .at(-1);
  return written ? new Secret(written) : undefined;
}
