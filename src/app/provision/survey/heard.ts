import { randomBytes } from 'node:crypto';
import { messageOf } from '../../../core/errors.js';
import { type Family, familyOf } from '../../../model/address.js';
import { packetReplies, packetScript } from '../../../packets/process.js';
import { type EndpointsData, endpointsProgram } from '../../../packets/programs/endpoints-program.js';
import { execute } from '../../../remote/execute.js';
import { all, fromLines, type Lines } from '../../../remote/reply-lines.js';
import type { Connection } from '../../../remote/transport.js';

/** A datagram that a machine sends to an address and port. */
export interface Shot {
  readonly from: string;
  readonly address: string;
  readonly port: number;
  /** The machine that should report where it came from; absent if the question is which machine it arrives at. */
  readonly to?: string;
}

/** A datagram that arrived. */
export interface Heard extends Shot {
  readonly at: string;
  readonly atPort: number;
  /** Where it came from, as that machine saw it; only known if the shot names the receiver. */
  readonly source?: string;
}

export interface Listener {
  readonly machine: string;
  readonly connection: Connection;
}

export interface Measured {
  readonly heard: readonly Heard[];
  /** Why a machine could not take part, by machine. */
  readonly failed: ReadonlyMap<string, string>;
}

export interface MeasureOptions {
  /** UDP port on which machines listen. */
  readonly port: number;
  /** Seconds. */
  readonly patience: number;
  readonly signal: AbortSignal;
}

const OVERHEAD_MS = 20_000;
const ID = 'heard';
const NOBODY = 'nobody';

const inFamily = (shot: Shot): string => `v${familyOf(shot.address)}`;

/**
 * Sends UDP datagrams between machines, and reports which arrived where. Nothing has to listen on the ports: raw sockets
 * hear what a machine's own firewall lets in. A machine without perl neither hears nor sends anything.
 */
export async function measure(
  listeners: readonly Listener[],
  shots: readonly Shot[],
  { port, patience, signal }: MeasureOptions,
): Promise<Measured> {
  const token = randomBytes(8).toString('hex');
  const volley = new Volley(
    listeners.map(({ machine }) => machine),
    shots,
    port,
  );
  const replies = await Promise.allSettled(
    listeners.map(async ({ machine, connection }) => {
      const program = endpointsProgram(volley.dataFor(machine), { patience, token });
      const script = packetScript([{ id: ID, program, earlier: 0 }], token);
      const options = { node: machine, deadlineMs: patience * 1000 + OVERHEAD_MS, signal };
      const [reply] = [...(await execute(connection, [{ id: 'packets', script }], options)).values()];
      const own = reply && packetReplies([ID], reply).get(ID);
      return own === undefined ? [] : fromLines((lines) => volley.heardAt(machine, lines))(own);
    }),
  );
  signal.throwIfAborted();
  const failed = replies.flatMap((reply, index) =>
    reply.status === 'rejected' ? [[listeners[index]?.machine ?? '', messageOf(reply.reason)] as const] : [],
  );
  return {
    heard: replies.flatMap((reply) => (reply.status === 'fulfilled' ? reply.value : [])),
    failed: new Map(failed),
  };
}

/** The shots in the format of the packet program, which numbers machines and shots. */
class Volley {
  readonly #numbers: ReadonlyMap<string, string>;
  readonly #shots: readonly Shot[];
  readonly #port: number;

  constructor(machines: readonly string[], shots: readonly Shot[], port: number) {
    this.#numbers = new Map(machines.map((machine, index) => [machine, `m${index}`]));
    this.#shots = shots;
    this.#port = port;
  }

  dataFor(machine: string): EndpointsData {
    const families: readonly Family[] = [4, 6];
    return {
      self: this.#number(machine),
      ipv6: [],
      ports: families.map((family) => ({ network: `v${family}`, port: this.#port })),
      sends: this.#shots.flatMap((shot, index) => {
        if (shot.from !== machine) return [];
        const { to, address, port } = shot;
        return to === undefined
          ? [{ network: 'shot', peer: `s${index}`, address, port }]
          : [{ network: inFamily(shot), peer: this.#number(to), address, port }];
      }),
      expected: [
        ...this.#shots
          .filter(({ to }) => to === machine)
          .map((shot) => ({ network: inFamily(shot), peer: this.#number(shot.from) })),
        // Every machine that may be hit waits for a sender that never sends, until its time is up.
        ...(this.#shots.some(({ to }) => to === undefined) ? [{ network: 'v4', peer: NOBODY }] : []),
      ],
    };
  }

  heardAt(machine: string, lines: Lines): Heard[] {
    const met = all(lines, 'heard').flatMap(([network, peer, source]) => {
      const shot = this.#shots.find(
        (one) => one.to === machine && inFamily(one) === network && this.#number(one.from) === peer,
      );
      return shot === undefined || source === undefined
        ? []
        : [{ ...shot, at: machine, atPort: this.#port, source }];
    });
    const strays = all(lines, 'stray').flatMap(([network, , meant = '', atPort]) => {
      const shot = network === 'shot' ? this.#shots[Number(meant.slice(1))] : undefined;
      return shot === undefined ? [] : [{ ...shot, at: machine, atPort: Number(atPort) }];
    });
    return [...met, ...strays];
  }

  #number(machine: string): string {
    return this.#numbers.get(machine) ?? NOBODY;
  }
}
