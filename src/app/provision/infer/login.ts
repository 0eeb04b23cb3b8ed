import { basename } from 'node:path';
import type { SshSettings } from '../../../model/inventory.js';
import type { Hop } from '../../../ssh/index.js';
import type { Surveyed } from '../survey/survey.js';

/** A machine that may be another's jump host. */
export interface NamedMachine {
  readonly name: string;
  readonly surveyed: Surveyed;
}

const USUAL_KEYS = /^id_(rsa|dsa|ecdsa|ed25519|xmss|ecdsa_sk|ed25519_sk)$/;

/** Its login as the inventory writes it, so that it also works with another ~/.ssh/config. */
export function loginOf(
  { hop, facts }: Surveyed,
  machines: readonly NamedMachine[],
  addresses: readonly string[],
): Partial<SshSettings> {
  const own = hop.identityFiles.filter((file) => !USUAL_KEYS.test(basename(file)));
  const [key] = own.length === hop.identityFiles.length ? own : [];
  return {
    ...(hop.host !== addresses[0] && { host: hop.host }),
    ...(hop.port !== 22 && { port: hop.port }),
    user: hop.user,
    ...(key !== undefined && { key }),
    ...(hop.via !== undefined && { jump: jumpOf(hop.via, machines) }),
    ...(facts.sudo === 'password' && { sudo: 'password' as const }),
  };
}

function jumpOf(via: Hop, machines: readonly NamedMachine[]): string {
  const node = machines.find(
    ({ surveyed: { hop } }) => hop.host === via.host && hop.port === via.port && hop.user === via.user,
  );
  const host = via.host.includes(':') ? `[${via.host}]` : via.host;
  return node?.name ?? `${via.user}@${host}${via.port === 22 ? '' : `:${via.port}`}`;
}
