import { BridgeheadError } from '../../core/errors.js';
import { sanitize } from '../../remote/sanitize.js';
import { describeHop, type Hop } from '../config/hop.js';
import { socketCode } from './classify.js';

/** How far an attempt to connect has come. */
export interface Progress {
  stage: 'dialling' | 'connected' | 'exchanged';
  /** The first bytes that came back. */
  opening: string;
  offered: string[];
  methods: string[];
  partial: boolean;
}

/** `soon`: nothing listens yet; `later`: it disconnected before the key exchange, and quick retries would make it worse. */
export type Retry = 'soon' | 'later';

export function newProgress(): Progress {
  return { stage: 'dialling', opening: '', offered: [], methods: [], partial: false };
}

/** Whether a retry makes sense after this failure. */
export function retryOf(cause: unknown, progress: Progress): Retry | undefined {
  if (cause instanceof BridgeheadError || progress.stage === 'exchanged') return undefined;
  const code = socketCode(cause) ?? '';
  if (code === 'ECONNREFUSED' || code === 'EAI_AGAIN') return 'soon';
  // sshd sends this while it penalizes an address; each further connection would prolong that.
  if (/not allowed at this time/i.test(progress.opening)) return undefined;
  return ['CLOSED', 'ECONNRESET', 'EPIPE'].includes(code) ? 'later' : undefined;
}

/** After the time limit: which stage took too long. */
export function dialTimeout(hop: Hop, timeoutMs: number, progress: Progress): BridgeheadError {
  const within = `within ${timeoutMs / 1000} s`;
  const [what, fix] =
    progress.stage === 'dialling'
      ? [
          `does not answer ${within}`,
          'check the address, firewalls on the path, and whether the machine is up',
        ]
      : progress.stage === 'exchanged'
        ? [`did not finish the login ${within}`, 'check the load of the machine and its sshd (UseDNS, PAM)']
        : progress.opening === ''
          ? [
              `accepts connections but sends nothing ${within}`,
              'check that sshd, and not something else, listens there',
            ]
          : [
              `did not finish the key exchange ${within}`,
              'check the load of the machine and the MTU of the path',
            ];
  const opening = sanitize(progress.opening, 120).trim();
  return new BridgeheadError('E_SSH_TIMEOUT', `${describeHop(hop)} ${what}`, {
    node: hop.node,
    evidence: opening === '' ? undefined : `it sent: ${opening}`,
    fix,
  });
}
