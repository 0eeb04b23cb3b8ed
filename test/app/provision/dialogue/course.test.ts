import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inventoryText } from '../../../../src/app/draft/inventory-text.js';
import {
  answered,
  back,
  faultOf,
  finished,
  nextStep,
  reopened,
  type Talk,
} from '../../../../src/app/provision/dialogue/course.js';
import { draftOf } from '../../../../src/app/provision/dialogue/derived.js';
import { Draftfile } from '../../../../src/app/provision/dialogue/kept.js';
import type { Answers, Key, Seen } from '../../../../src/app/provision/dialogue/types.js';
import type { Survey } from '../../../../src/app/provision/survey/survey.js';
import { parseYaml } from '../../../../src/document/index.js';
import { resolveDocument } from '../../../../src/inventory/index.js';
import { UnknownHostKey } from '../../../../src/ssh/index.js';
import { fourMachines, machine, survey, vpsAndHome } from '../support.js';

const FINGERPRINT = `SHA256:${'A'.repeat(43)}`;

interface Case {
  readonly hosts: readonly string[];
  readonly found: Survey;
  /** What is said in place of the suggestion. */
  readonly says?: Answers;
  readonly isStrange?: boolean;
}

const start = (seen: Partial<Seen>, answers: Answers = {}): Talk => ({
  world: {
    answers,
    done: {},
    seen: { hosts: [], folder: 'home', canRehearse: true, hasInventory: false, ...seen },
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
  const value = says[key] ?? (key === 'hostKeys' ? [FINGERPRINT] : next.question.suggest(talk.world));
  expect(faultOf(key, value as never, talk.world)).toBeUndefined();
  return { talk: answered(talk, key, value as never), asked: key };
}

function converse(one: Case, talk = start({ hosts: one.hosts }), most = 100): { asked: Key[]; talk: Talk } {
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
function askedIn(one: Case): readonly Key[] {
  const asked = askedOf.get(one) ?? converse(one).asked;
  askedOf.set(one, asked);
  return asked;
}

const S3: Case = {
  hosts: ['ctb-edge-1', 'ms-1', 'wk-1', 'wk-2'],
  found: fourMachines(),
  says: { forwards: 'all', apply: true },
  isStrange: true,
};
const S0: Case = { hosts: ['vps', 'node-a'], found: vpsAndHome(), says: { clients: ['phone'], apply: true } };
const CORRECTED: Case = { ...S0, says: { ...S0.says, names: { vps: 'azure' }, found: 'names' } };
const BROKEN: Case = {
  hosts: ['vps', 'router'],
  found: survey([
    ...vpsAndHome().surveyed,
    machine('router', { address: '192.168.1.1/24', systemd: false, apt: false, title: 'OpenWrt 23.05' }),
  ]),
};
const TWO_HOMES: Case = {
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

describe('what is asked', () => {
  it('for four machines: twelve questions, eight of them with what was detected', () => {
    const { asked } = converse(S3);
    expect(asked).toEqual([
      'machines',
      'hostKeys',
      'found',
      'name',
      'clients',
      'shape',
      'range',
      'port',
      'forwards',
      'forwarded',
      'rehearse',
      'apply',
    ]);
    const without: readonly Key[] = ['hostKeys', 'clients', 'forwarded', 'apply'];
    expect(asked.filter((key) => !without.includes(key))).toHaveLength(8);
  });

  it('for a phone: nothing about shape, hub or forwards, which follow', () => {
    expect(converse(S0).asked).toEqual([
      'machines',
      'found',
      'name',
      'clients',
      'gateway',
      'range',
      'port',
      'rehearse',
      'apply',
    ]);
  });

  it('about forwards nothing that is in the router already', () => {
    const { asked } = converse({
      ...S3,
      found: fourMachines(['ms-1', 'wk-1', 'wk-2']),
      says: {},
      isStrange: false,
    });
    expect(asked).not.toContain('forwarded');
  });

  it('about an interface where wg0 is somebody’s, and a relay where two homes can’t meet', () => {
    const { asked, talk } = converse(TWO_HOMES);
    expect(asked).toEqual([
      'machines',
      'found',
      'name',
      'clients',
      'shape',
      'interface',
      'range',
      'port',
      'relay',
      'rehearse',
      'apply',
    ]);
    expect(talk.world.answers).toMatchObject({ interface: 'wg1', port: 51821, relay: 'c' });
  });

  it('about machines that can’t take part, and nothing more of those', () => {
    const { asked } = converse({ ...BROKEN, hosts: ['vps', 'node-a', 'router'] }, undefined, 2);
    expect(asked).toEqual(['machines', 'leaveOut']);
  });

  it('nothing about the network if there is an inventory', () => {
    const { asked } = converse(S3, start({ hasInventory: true }));
    expect(asked).toEqual(['rehearse', 'apply']);
  });

  it('with what was found again after a correction', () => {
    const { asked } = converse(CORRECTED, undefined, 3);
    expect(asked).toEqual(['machines', 'found', 'names']);
    const later = converse(
      { ...CORRECTED, says: { ...CORRECTED.says, found: 'right' } },
      converse(CORRECTED, undefined, 3).talk,
      1,
    );
    expect(later.asked).toEqual(['found']);
    expect(draftOf(later.talk.world).nodes.map(({ name }) => name)).toEqual(['azure', 'node-a']);
  });
});

describe('the inventory that comes of it', () => {
  it.each([
    ['four machines', S3],
    ['a phone', S0],
    ['two homes', TWO_HOMES],
  ])('is valid: %s', (_name, one) => {
    const { talk } = converse(one);
    const text = inventoryText(draftOf(talk.world));
    const { inventory, warnings } = resolveDocument(parseYaml('inventory.yaml', text));
    expect(warnings).toEqual([]);
    expect(inventory.nodes).toHaveLength(one.found.surveyed.length);
  });

  it('has the phone as a client of the hub, which reaches the LAN', () => {
    const draft = draftOf(converse(S0).talk.world);
    expect(draft.networks[0]).toMatchObject({
      shape: 'hub',
      hubs: ['vps'],
      advertises: [{ node: 'node-a', subnets: ['192.168.1.0/24'] }],
      clients: [{ name: 'phone', addresses: ['10.86.0.3'] }],
      members: [
        { node: 'vps', addresses: ['10.86.0.1'] },
        { node: 'node-a', addresses: ['10.86.0.2'] },
      ],
    });
  });
});

describe('Ctrl-C, and a step back', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-draft-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const cases = [S3, S0, TWO_HOMES].flatMap((one, index) =>
    askedIn(one).map(
      (key, at) => [`${['four machines', 'a phone', 'two homes'][index]}, at ${key}`, one, at] as const,
    ),
  );

  it.each(cases)('%s: the next start goes on from there', (_name, one, at) => {
    const before = converse(one, undefined, at).talk;
    const file = new Draftfile(folder, 'inventory.yaml');
    file.write(before, undefined);
    const kept = file.read();
    if (kept === undefined) throw new Error('nothing was kept');
    const again = start({ hosts: one.hosts });
    const resumed = { order: kept.order, world: { ...again.world, answers: kept.answers, done: kept.done } };
    expect(converse(one, resumed).asked).toEqual(askedIn(one).slice(at));
  });

  it.each(cases)('%s: a step back asks the question before again', (_name, one, at) => {
    const talk = converse(one, undefined, at).talk;
    const expected = at === 0 ? 'machines' : askedIn(one)[at - 1];
    expect(converse(one, back(talk), 1).asked).toEqual([expected]);
  });

  it('keeps it from others', () => {
    const file = new Draftfile(folder, 'inventory.yaml');
    file.write(start({}), undefined);
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['of another version', '{"version":0,"answers":{}}', /version 0, and this program writes version 1/],
    ['that is damaged', '{"version":1,', /damaged/],
    ['that isn’t a draft', '[]', /damaged/],
    [
      'with answers of another kind',
      '{"version":1,"answers":{"port":"x"},"order":[],"done":{}}',
      /does not know/,
    ],
    [
      'with a question of another program',
      '{"version":1,"answers":{},"order":["colour"],"done":{}}',
      /does not know/,
    ],
  ])('refuses a draft %s', (_name, text, message) => {
    const file = new Draftfile(folder, 'inventory.yaml');
    file.write(start({}), undefined);
    writeFileSync(file.path, text);
    expect(() => file.read()).toThrow(message);
  });

  it('asks again after work that was not GO', () => {
    const { talk } = converse(S3);
    expect(converse(S3, reopened(talk, 'apply'), 1).asked).toEqual(['apply']);
  });
});

describe('answers that are wrong', () => {
  const world = converse({ ...S3, isStrange: false }, undefined, 3).talk.world;
  it.each<[Key, unknown, RegExp]>([
    ['machines', [], /at least one/],
    ['machines', ['-oProxyCommand=x'], /is not a host/],
    ['hostKeys', ['MD5:00'], /SHA256/],
    ['leaveOut', ['wk-9'], /no machine named "wk-9"; choose from: ctb-edge-1, ms-1/],
    ['found', 'maybe', /not a choice here; choose from: right, names/],
    ['names', { 'ms-1': 'all' }, /means something else/],
    ['names', { 'ms-1': 'x', 'wk-1': 'x' }, /two machines have the same name/],
    ['sites', { nobody: 'home' }, /no machine named "nobody"/],
    ['public', { home: '203.0.113.300' }, /above 255/],
    ['clients', ['ms-1'], /is a machine already/],
    ['clients', ['My Phone'], /lower-case/],
    ['range', ['192.168.15.0/25'], /overlaps 192.168.15.0\/24, which ms-1 has a route to/],
    ['range', ['10.9.0.7/24'], /host bits; write 10.9.0.0\/24/],
    ['range', ['10.9.0.0/30'], /too few addresses for 4 members/],
    ['port', 70_000, /1 to 65535/],
    ['interface', 'a/b', /1 to 15/],
    ['name', 'Home Net', /lower-case/],
  ])('%s %j', (key, value, message) => {
    expect(faultOf(key, value as never, world)).toMatch(message);
  });
});
