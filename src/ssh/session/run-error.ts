import { BridgeheadError } from '../../core/errors.js';
import { sanitize } from '../../remote/sanitize.js';
import type { Hop } from '../config/hop.js';

/** The machine's output exceeded the limit. */
export function floodError(hop: Hop, stream: 'stdout' | 'stderr', maxBytes: number): BridgeheadError {
  return new BridgeheadError('E_REMOTE_FLOOD', `${hop.node} wrote more than ${maxBytes} bytes to ${stream}`, {
    node: hop.node,
    fix: 'check what the program prints; it was cut off',
  });
}

/** The session broke in a way that leaves open whether the program succeeded. */
export function brokenError(hop: Hop, what: string): BridgeheadError {
  return new BridgeheadError('E_REMOTE_GARBLED', `${hop.node}: ${sanitize(what, 300)}`, {
    node: hop.node,
    fix: 'check memory (dmesg) and sshd there, then run again',
  });
}

export interface Lateness {
  readonly deadlineMs: number;
  /** Whether the program had been sent; otherwise it was still waiting for a root shell. */
  readonly sent: boolean;
  readonly said: string;
  readonly bytes: number;
}

export function lateError(hop: Hop, { deadlineMs, sent, said, bytes }: Lateness): BridgeheadError {
  const what = sent ? 'did not finish' : 'did not start a root shell';
  return new BridgeheadError('E_REMOTE_TIMEOUT', `${hop.node} ${what} within ${deadlineMs / 1000} s`, {
    node: hop.node,
    evidence: sanitize(said, 500) || `${bytes} bytes of output received`,
    fix: sent
      ? 'check the load of the machine and what the program is waiting for; the machine ends it by itself'
      : 'check the load of the machine, and whether sudo there asks for more than a password',
  });
}
