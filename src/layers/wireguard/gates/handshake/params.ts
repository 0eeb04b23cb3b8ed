import type { GateContext } from '../../../gate.js';
import type { PatientParams } from '../../../shared/schema.js';

/** Seconds after which WireGuard discards a session, so that the next packet starts a new handshake. */
export const SESSION_SECONDS = 180;

export interface HandshakeParams extends PatientParams {
  readonly maxAge?: number;
}

export type HandshakeContext = GateContext<HandshakeParams>;

/** Seconds. */
export const maxAgeOf = ({ params }: HandshakeContext): number => params.maxAge ?? SESSION_SECONDS;
