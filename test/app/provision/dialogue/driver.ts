import {
  answered,
  faultOf,
  finished,
  nextStep,
  type Talk,
} from '../../../../src/app/provision/dialogue/course.js';
import type { Answers, Key, Seen, World } from '../../../../src/app/provision/dialogue/types.js';
import type { Survey } from '../../../../src/app/provision/survey/survey.js';
import { parseYaml } from '../../../../src/document/index.js';
import { resolveDocument } from '../../../../src/inventory/index.js';
import type { Inventory } from '../../../../src/model/inventory.js';
import { UnknownHostKey } from '../../../../src/ssh/index.js';
import { fourMachines, machine, survey, vpsAndHome } from '../support.js';

export const FINGERPRINT = `SHA256:${'A'.repeat(43)}`;

export interface Case {
  readonly hosts: readonly string[];
  readonly found: Survey;
  /** The answers that differ from the suggestions; a function if they change on the way. */
  readonly says?: Answers | ((world: World) => Answers);
  /** What is there before anything is asked. */
  readonly existing?: Inventory;
  readonly isStrange?: boolean;
}

export const start = (seen: Partial<Seen>, answers: Answers = {}): Talk => ({
  world: {
    answers,
    done: {},
    seen: { hosts: [], folder: 'home', ...seen },
  },
  order: [],
});

/** One step of the conversation: work as it would be done, or an answer. */
function step(
  talk: Talk,
  { found, says = {}, isStrange = false }: Case,
): { talk: Talk; asked?: Key } | undefined {
  const next = nextStep(talk.world);
  if (next.type === 'end') return undefined;
  if (next.type === 'work') {
    const { world } = talk;
    const [first] = found.surveyed;
    const isStranger = isStrange && world.answers.hostKeys === undefined && first !== undefined;
    const seen = isStranger
      ? { ...survey([]), unknownKeys: [new UnknownHostKey(first.hop, 'ssh-ed25519', FINGERPRINT, {})] }
      : found;
    const worked =
      next.work === 'survey' ? { ...talk, world: { ...world, seen: { ...world.seen, survey: seen } } } : talk;
    return { talk: finished(worked, next.work) };
  }
  const { key } = next.question;
  const said = typeof says === 'function' ? says(talk.world) : says;
  const value = said[key] ?? (key === 'hostKeys' ? [FINGERPRINT] : next.question.suggest(talk.world));
  expect(faultOf(key, value as never, talk.world)).toBeUndefined();
  return { talk: answered(talk, key, value as never), asked: key };
}

export const startOf = ({ hosts, existing }: Case): Talk => start({ hosts, ...(existing && { existing }) });

export function converse(one: Case, talk = startOf(one), most = 100): { asked: Key[]; talk: Talk } {
  const asked: Key[] = [];
  let now = talk;
  while (asked.length < most) {
    const done = step(now, one);
    if (done === undefined) break;
    now = done.talk;
    if (done.asked !== undefined) asked.push(done.asked);
  }
  return { asked, talk: now };
}

const askedOf = new Map<Case, readonly Key[]>();

/** All that is asked in a case, from the beginning. */
export function askedIn(one: Case): readonly Key[] {
  const asked = askedOf.get(one) ?? converse(one).asked;
  askedOf.set(one, asked);
  return asked;
}

export const S3: Case = {
  hosts: ['ctb-edge-1', 'ms-1', 'wk-1', 'wk-2'],
  found: fourMachines(),
  says: { forwards: 'all', apply: true },
  isStrange: true,
};
export const S0: Case = {
  hosts: ['vps', 'node-a'],
  found: vpsAndHome(),
  says: { clients: ['phone'], apply: true },
};
/** Everything that was found is corrected, one thing after another. */
export const CORRECTED: Case = {
  ...S0,
  says: ({ answers: { names, sites, public: addresses } }) => ({
    names: { vps: 'azure' },
    sites: { 'node-a': 'flat' },
    public: { flat: '203.0.113.9' },
    found: !names ? 'names' : !sites ? 'sites' : !addresses ? 'public' : 'right',
  }),
};
export const BROKEN: Case = {
  hosts: ['vps', 'node-a', 'router'],
  found: survey([
    ...vpsAndHome().surveyed,
    machine('router', { address: '192.168.1.1/24', systemd: false, apt: false, title: 'OpenWrt 23.05' }),
  ]),
};
export const TWO_HOMES: Case = {
  hosts: ['a', 'b'],
  found: survey([
    machine('a', {
      address: '192.168.1.2/24',
      defaults: [{ family: 4, device: 'eth0', router: '192.168.1.1', routerMac: '02::1' }],
      wireguard: [{ interface: 'wg0', up: true, ours: false, port: 51820 }],
      udp: new Map([[51820, undefined]]),
    }),
    machine('b', {
      address: '192.168.2.2/24',
      defaults: [{ family: 4, device: 'eth0', router: '192.168.2.1', routerMac: '02::2' }],
    }),
    machine('c', { address: '198.51.100.7/24' }),
  ]),
};
/** Two rented machines, either of which can be the hub for a phone. */
export const TWO_HUBS: Case = {
  hosts: ['vps', 'node-a', 'spare'],
  found: survey([...vpsAndHome().surveyed, machine('spare', { address: '198.51.100.9/24' })]),
  says: { clients: ['phone'] },
};

/** An inventory with two networks. */
export const INVENTORY = resolveDocument(
  parseYaml(
    'inventory.yaml',
    `name: home
sites:
  home:
    subnet: 192.168.15.0/24
    router: 192.168.15.1
    public: 203.0.113.10
    forwards:
      - { port: 51820, node: ms-1 } # typed in by hand
nodes:
  ctb-edge-1: { role: edge, public: 198.51.100.25, ssh: { user: root } }
  ms-1: { site: home, lan: 192.168.15.2, ssh: { user: root } }
networks:
  mesh:
    range: 10.86.0.0/24
    addresses:
      ctb-edge-1: 10.86.0.1
      ms-1: 10.86.0.2
  spare: { interface: wg1, port: 51830, range: 10.87.0.0/24, addresses: { ctb-edge-1: 10.87.0.1 } }
`,
  ),
).inventory;

const [edge, ms1, ...others] = fourMachines().surveyed;
/** Two machines at home are added to it. */
export const ADDED: Case = {
  hosts: ['ctb-edge-1', 'ms-1', 'wk-1', 'wk-2'],
  existing: INVENTORY,
  found: { ...fourMachines(), surveyed: others, observers: [edge, ms1].flatMap((one) => one ?? []) },
  says: { existing: 'add', forwards: 'all', apply: true },
  isStrange: true,
};

/** A machine in another LAN is added to it, at whose router nothing can be forwarded. */
export const APART: Case = {
  ...ADDED,
  hosts: ['wk-9'],
  found: survey([machine('wk-9', { address: '192.168.40.2/24', router: '192.168.40.1' })]),
  existing: { ...INVENTORY, sites: INVENTORY.sites.map((site) => ({ ...site, forwards: [] })) },
};
