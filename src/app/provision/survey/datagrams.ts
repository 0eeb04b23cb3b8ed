import { type Family, familyOf } from '../../../model/address.js';
import type { Connection } from '../../../remote/transport.js';
import { ownPublic, reaches } from '../infer/addresses.js';
import { callableAt, outsideOf } from '../infer/outside.js';
import { type Heard, type Measured, measure, type Shot } from './heard.js';
import type { Surveyed } from './survey.js';

const PATIENCE = 3;
/** How many ports of a router are tried for forwards, from the network's own on. */
const TRIED_PORTS = 12;

export const NOTHING: Measured = { heard: [], failed: new Map() };

/** A machine that can send and hear. */
export interface Met {
  readonly surveyed: Surveyed;
  readonly connection: Connection;
}

export interface MeasureRequest {
  /** Those that it is about: of any two that call each other, one is of these. */
  readonly machines: readonly string[];
  readonly port: number;
  readonly signal: AbortSignal;
}

/** First how the machines see each other's addresses, then where the routers that this reveals forward their ports. */
export async function measureAll(
  met: readonly Met[],
  { machines, port, signal }: MeasureRequest,
): Promise<Measured> {
  const listeners = met.map(({ surveyed, connection }) => ({ machine: surveyed.machine, connection }));
  const surveyed = met.map((one) => one.surveyed);
  const options = { port, patience: PATIENCE, signal };
  const between = callsBetween(surveyed, port).filter(({ from, to }) =>
    [from, to].some((one) => machines.includes(one)),
  );
  const calls = await measure(listeners, between, options);
  const shots = shotsAtRouters(surveyed, calls.heard, port);
  if (shots.length === 0) return calls;
  const forwards = await measure(listeners, shots, options);
  return {
    heard: [...calls.heard, ...forwards.heard],
    failed: new Map([...calls.failed, ...forwards.failed]),
  };
}

function callsBetween(surveyed: readonly Surveyed[], port: number): (Shot & { readonly to: string })[] {
  const families: readonly Family[] = [4, 6];
  return surveyed.flatMap((to) =>
    families.flatMap((family) => {
      const address = callableAt(to, family);
      if (address === undefined) return [];
      return surveyed
        .filter((from) => from !== to && reaches(from.facts, family) && from.facts.perl && to.facts.perl)
        .map((from) => ({ from: from.machine, to: to.machine, address, port }));
    }),
  );
}

function shotsAtRouters(surveyed: readonly Surveyed[], heard: readonly Heard[], port: number): Shot[] {
  const outsides = new Set(surveyed.flatMap((one) => outsideOf(one, surveyed, heard) ?? []));
  return [...outsides].flatMap((address) => {
    const shooter = surveyed.find(
      ({ facts }) =>
        facts.perl && ownPublic(facts).some((own) => familyOf(own) === familyOf(address) && own !== address),
    );
    if (shooter === undefined) return [];
    return Array.from({ length: TRIED_PORTS }, (_, n) => ({
      from: shooter.machine,
      address,
      port: port + n,
    }));
  });
}
