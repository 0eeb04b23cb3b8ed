import { LISTENING, type Listening } from '../../../../facts/listening/listening.js';
import { mapped, type Question } from '../../../../remote/question.js';
import type { Port } from '../proxy.js';

/** Who listens on these ports, at whatever address: one at 127.0.0.1 is in the way of one at all addresses. */
export function holdersOf(ports: readonly Port[]): Question<readonly Listening[]> {
  const isAsked = ({ protocol, port, address }: Listening) =>
    // Without ss, nobody knows which sockets are ours.
    address !== undefined && ports.some((one) => one.protocol === protocol && one.port === port);
  return mapped(LISTENING, (all) => all.filter(isAsked));
}

/** Units of ours, whatever the proxy. */
export const isOurUnit = (unit: string | undefined): boolean =>
  /^bridgehead-(traefik(@.*)?|caddy|maintenance)\.service$/.test(unit ?? '');
