import type { AppParams } from '../../../../../src/layers/edge/gates/app/chains.js';
import type { NodeSeen } from '../../../../../src/layers/edge/gates/app/node/node.js';
import { targetsOn } from '../../../../../src/layers/edge/gates/app/node/targets.js';
import type { Outside, Visit } from '../../../../../src/layers/edge/gates/app/visited.js';
import { app as gate } from '../../../../../src/layers/edge/gates/app.js';
import type { GateContext, Verdict } from '../../../../../src/layers/gate.js';
import type { Inventory } from '../../../../../src/model/inventory.js';
import type { Certificate } from '../../../../../src/visitor/certificate.js';

export const NOW = Date.parse('2026-06-01T12:00:00Z');
const DAY = 86_400_000;

export const certificate = (host: string, over: Partial<Certificate> = {}): Certificate => ({
  subject: host,
  issuer: "R11, Let's Encrypt",
  selfSigned: false,
  from: NOW - 30 * DAY,
  to: NOW + 60 * DAY,
  covers: true,
  names: [host],
  ...over,
});

export function contextOf(inventory: Inventory, params: AppParams = {}): GateContext<AppParams> {
  return {
    params,
    inventory,
    networks: inventory.networks,
    measured: ['vps', 'home-1'],
    patience: 20,
    token: 'test',
    facts: new Map(),
  };
}

const OPEN = { outcome: 'open', text: 'open' } as const;

function visitOf(inventory: Inventory, name: string, family: 4 | 6): Visit {
  const app = inventory.apps.find((one) => one.name === name);
  if (app === undefined) throw new TypeError(`no app ${name}`);
  const host = app.hosts[0] ?? '';
  const address = family === 4 ? '198.51.100.8' : '2001:db8:8::1';
  const base = { app: name, edge: 'vps', family, address };
  if (app.kind === 'tcp') {
    return { ...base, front: OPEN, answer: { kind: 'bytes', bytes: 0, contains: true } };
  }
  return {
    ...base,
    host,
    plain: OPEN,
    redirect: {
      kind: 'http',
      status: 308,
      location: `https://${host}${app.expect.path}`,
      contains: false,
      line: '',
    },
    front: OPEN,
    certificate: certificate(host),
    answer: { kind: 'http', status: app.expect.status, contains: true, line: 'pong' },
  };
}

/** What is measured of one app when all is well. */
export interface World {
  outside: Outside;
  vps: NodeSeen;
  home: NodeSeen;
}

export function healthy(inventory: Inventory, name: string): World {
  const context = contextOf(inventory, { apps: [name] });
  const app = inventory.apps.find((one) => one.name === name);
  const node = (on: string): NodeSeen => ({
    perl: true,
    asked: targetsOn(context, on).targets.map((target) => ({
      ...target,
      outcome: 'answer',
      status: target.kind === 'http' ? target.status : 0,
      match: true,
      bytes: 100,
    })),
    addresses: new Set(on === 'vps' ? ['10.88.0.1', 'fd42:88::1'] : ['10.88.0.10', 'fd42:88::10']),
    listens: new Set(on === 'vps' ? ['tcp/80', 'tcp/443'] : [`tcp/${app?.to.port}`]),
    rewrites: new Set(on === 'vps' ? [] : [`tcp/${app?.port}`]),
    peers: on === 'vps' ? [{ interface: 'wg0', age: 40, allowed: ['10.88.0.10/32', 'fd42:88::10/128'] }] : [],
    pongs: new Set(),
    lost: new Set(),
    ...(on === 'vps' && { proxy: 'active' }),
    clock: NOW / 1000,
  });
  const [host = ''] = app?.hosts ?? [];
  return {
    outside: {
      names: [
        {
          host,
          app: name,
          answers: [
            { family: 4, addresses: ['198.51.100.8'] },
            { family: 6, addresses: ['2001:db8:8::1'] },
          ],
        },
      ],
      visits: [visitOf(inventory, name, 4), visitOf(inventory, name, 6)],
      trials: [],
      now: NOW,
    },
    vps: node('vps'),
    home: node('home-1'),
  };
}

export function judged(
  inventory: Inventory,
  name: string,
  { outside, vps, home }: World,
  { patience, ...params }: AppParams & { readonly patience?: number } = {},
): Verdict {
  const seen = new Map([
    ['vps', vps],
    ['home-1', home],
  ]);
  const context = contextOf(inventory, { apps: [name], ...params });
  return gate.verdict({ ...context, patience: patience ?? context.patience }, { seen, unread: [], outside });
}
