import { BridgeheadError, type ErrorDetails } from '../../core/errors.js';
import { describeHop, type Hop } from '../config/hop.js';
import { fingerprint, type HostKeyVerdict, type KnownKeys, keyType } from './host-key.js';
import { knownHostName } from './known-hosts.js';

/** A machine's key is unknown; it is shown to the user, who can compare it. */
export class UnknownHostKey extends BridgeheadError {
  constructor(
    readonly hop: Hop,
    readonly keyType: string,
    /** `SHA256:…` */
    readonly fingerprint: string,
    details: ErrorDetails,
  ) {
    super('E_SSH_HOST_KEY_UNKNOWN', `the host key of ${describeHop(hop)} is unknown`, details);
  }
}

/** Why a machine's key was refused, and what the user can do. Nothing but the key exchange was sent to it. */
export function hostKeyError(
  verdict: Exclude<HostKeyVerdict, 'known'>,
  blob: Buffer,
  known: KnownKeys,
  hop: Hop,
): BridgeheadError {
  const shown = `${keyType(blob)} ${fingerprint(blob)}`;
  const name = knownHostName(hop.hostKeyName, hop.port);
  const place = known.pinned ? 'the hostKey: of the inventory' : 'known_hosts';
  const file = hop.userKnownHosts[0] ?? '~/.ssh/known_hosts';
  if (verdict === 'unknown') {
    const authority = known.authority
      ? '\nit matches an @cert-authority line, but host certificates are not supported'
      : '';
    return new UnknownHostKey(hop, keyType(blob), fingerprint(blob), {
      node: hop.node,
      evidence: `its key is ${shown}${authority}`,
      fix: `compare it with the machine's own (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub there), then pin it as hostKey: in the inventory, or add it with: ssh-keyscan -p ${hop.port} ${hop.host} >> ${file}; for a fresh staging machine: --accept-new`,
    });
  }
  if (verdict === 'revoked') {
    return new BridgeheadError('E_SSH_HOST_KEY_CHANGED', `the host key of ${describeHop(hop)} is revoked`, {
      node: hop.node,
      evidence: `its key is ${shown}, which an @revoked line of known_hosts refuses`,
      fix: 'find out what answers there; give the machine a new host key',
    });
  }
  const expected = known.trusted.map(({ type, key }) => `${type} ${fingerprint(Buffer.from(key, 'base64'))}`);
  const remedy = known.pinned ? 'replace the pinned hostKey:' : `run: ssh-keygen -R '${name}' -f ${file}`;
  return new BridgeheadError('E_SSH_HOST_KEY_CHANGED', `the host key of ${describeHop(hop)} has changed`, {
    node: hop.node,
    evidence: `its key is ${shown}; ${place} has ${expected.join(', ')}`,
    fix: `possible man in the middle; nothing was sent. If the machine was reinstalled, compare the key on its console, then ${remedy}`,
  });
}
