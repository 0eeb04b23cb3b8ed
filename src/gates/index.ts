import { clock } from './clock.js';
import { commands } from './commands.js';
import { endpoints } from './endpoints.js';
import { forwarding } from './forwarding.js';
import { handshake } from './handshake.js';
import { keys } from './keys.js';
import { lan } from './lan.js';
import { listener } from './listener.js';
import { pathMtu } from './path-mtu.js';
import { peers } from './peers.js';
import { ping } from './ping.js';
import { presharedKeys } from './preshared-keys.js';
import { pristine } from './pristine.js';
import { reachable } from './reachable.js';
import { routes } from './routes.js';
import { sysctl } from './sysctl.js';
import { transfer } from './transfer.js';
import { twins } from './twins.js';
import type { GateKind } from './types.js';
import { wireguardSupport } from './wireguard-support.js';

const kinds = [
  reachable,
  clock,
  twins,
  pristine,
  sysctl,
  commands,
  wireguardSupport,
  keys,
  forwarding,
  listener,
  routes,
  peers,
  presharedKeys,
  handshake,
  ping,
  endpoints,
  transfer,
  pathMtu,
  lan,
];

/** Every kind of gate by its name in a playbook. The schema has judged the parameters before a kind sees them. */
export const GATE_KINDS: ReadonlyMap<string, GateKind> = new Map(
  (kinds as unknown as readonly GateKind[]).map((kind) => [kind.kind, kind]),
);
