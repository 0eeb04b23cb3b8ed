import { holderText, type Listening, listensAt } from '../../../facts/listening/listening.js';
import type { Explanation } from '../../step.js';
import { freePort } from '../inventory/chosen-port.js';
import type { SeenRelays } from './seen.js';
import { UNIT_PREFIX } from './units.js';
import { type Relayed, serviceOf } from './wanted.js';

/** Who listens where an app is to be relayed, and isn't its relay. */
export function holderOf({ app, addresses }: Relayed, sockets: readonly Listening[]): Listening | undefined {
  const { protocol } = serviceOf(app);
  return sockets.find(
    (one) =>
      one.protocol === protocol &&
      one.port === app.port &&
      listensAt(one, addresses) &&
      // Another relay of ours is about to move.
      one.unit?.startsWith(UNIT_PREFIX) !== true,
  );
}

/** Why an app can't be relayed: somebody else has its port. */
export function refuseHeld(node: string, relayed: readonly Relayed[], seen: SeenRelays): Explanation[] {
  const taken = new Set([...seen.sockets.map(({ port }) => port), ...relayed.map(({ app }) => app.port)]);
  return relayed.flatMap((one) => {
    const holder = holderOf(one, seen.sockets);
    if (holder === undefined) return [];
    const { name, port } = one.app;
    const where = `${port}/${serviceOf(one.app).protocol} of ${node}`;
    return [
      {
        code: 'E_NOT_OURS',
        message: `${where}, the port of app ${name}, is held by ${holderText(holder)}`,
        fix: `give the app another, such as "port: ${freePort(port, taken)}", or stop ${holder.unit ?? 'what holds it'}`,
      },
    ];
  });
}
