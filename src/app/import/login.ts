import { isAddress } from '../../model/address.js';
import type { SshSettings } from '../../model/inventory.js';
import type { Found, Machine, Place } from './found.js';

/** A text in a source, with its position. */
export interface Written {
  readonly text: string;
  readonly at: Place;
}

export interface WrittenLogin {
  readonly host: Written;
  readonly port?: Written | undefined;
  readonly user?: Written | undefined;
  readonly key?: Written | undefined;
  /** As for `ssh -J`. */
  readonly jump?: Written | undefined;
}

/** How to log in to a machine, as the inventory writes it, with a problem for each setting that an inventory can't have. */
export function loginOf(name: string, login: WrittenLogin, found: Found): Pick<Machine, 'ssh' | 'addresses'> {
  const fitting = (what: 'host' | 'user' | 'key', written: Written | undefined): string | undefined =>
    written && found.fitting(written.at, `${what} of ${name}`, written.text, what);
  const { host, jump } = login;
  const port = login.port && found.port(login.port.at, `port of ${name}`, login.port.text);
  const values: { [Key in keyof SshSettings]?: SshSettings[Key] | undefined } = {
    host: fitting('host', host),
    port: port === 22 ? undefined : port,
    user: fitting('user', login.user),
    key: fitting('key', login.key),
    jump: jump && lastHop(jump, found),
  };
  const address = isAddress(host.text) ? found.address(host.at, host.text) : undefined;
  return {
    ssh: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)),
    addresses: address === undefined ? [] : [address],
  };
}

/** `a,b` goes through a to b, and from there to the machine. */
function lastHop({ text, at }: Written, found: Found): string | undefined {
  const hops = text.split(',').map((hop) => hop.trim().replace(/^ssh:\/\//, ''));
  const last = hops.at(-1) ?? '';
  if (last === 'none') return undefined;
  if (hops.length > 1) {
    const fix = `make the others the jump of ${last}`;
    found.note(at, `of the jumps ${hops.join(', ')} only the last was imported`, fix);
  }
  return found.fitting(at, 'jump host', last, 'jump');
}
