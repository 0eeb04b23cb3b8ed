import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import server from '../../../src/lab/internet/dns.pl';
import { questionsOf, TYPES, wantedOf, waysOf } from '../../../src/layers/dns/gates/asking/ways.js';
import { dnsGate } from '../../../src/layers/dns/gates/dns.js';
import { markOf, markText } from '../../../src/layers/dns/resolver/resolver.js';
import { visitedName } from '../../../src/layers/edge/gates/app/chains.js';
import type { GateContext } from '../../../src/layers/gate.js';
import { readReplies } from '../../../src/layers/shared/verdict.js';
import { gateFragments, gateReplies } from '../../../src/runner/gates/question.js';
import { canMount } from '../../support/can-mount.js';
import { runScript, SHELLS } from '../../support/shells.js';
import { NO_FACTS } from '../../support/step-context.js';
import { askedGate } from '../../support/verdict-on.js';
import { INVENTORY } from './fixture.js';

const context: GateContext<object> = {
  params: {},
  inventory: INVENTORY,
  networks: [],
  measured: ['box', 'home-1'],
  patience: 1,
  token: 'Token1',
  facts: NO_FACTS,
};
const [dash] = SHELLS;
if (dash === undefined) throw new Error('no shell');

/** Records by `NAME.TYPE`: what the serving node has for its LAN. */
const RIGHT: Readonly<Record<string, string>> = Object.fromEntries([
  ...waysOf(context, 'box').flatMap(({ answers }) =>
    answers.flatMap((answer) =>
      TYPES.map((type) => [`${visitedName(answer.name)}.${type}`, wantedOf(answer, type).join('\n')]),
    ),
  ),
  [`${markOf('home.example.com')}.TXT`, markText('split', 'lan')],
]);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridgehead-dns-'));
  writeFileSync(join(folder, 'server.pl'), server);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface World {
  /** Of the serving node. */
  readonly records?: Readonly<Record<string, string>>;
  /** Of the resolver that the machine asks by itself; undefined: it has none. */
  readonly own?: Readonly<Record<string, string>>;
  readonly listens?: boolean;
}

const WHERE = ['unshare', '-m', '-n', '-p', '-f', '--kill-child'];

/** What the gate makes of `box` asking a serving node, both on one machine, whose resolver is at 127.0.0.9. */
function judged({ records = RIGHT, own, listens = true }: World) {
  const start = (name: string, texts: Readonly<Record<string, string>>, addresses: string): string => {
    const files = Object.entries(texts).map(
      ([file, text]) => `printf '%s\\n' '${text}' >'${folder}/${name}/${file}'`,
    );
    return [
      `mkdir ${folder}/${name}`,
      ...files,
      `perl ${folder}/server.pl ${folder}/${name} -- 53 ${addresses} >/dev/null 2>&1 &`,
    ].join('\n');
  };
  const heard = [
    ...(listens ? ['192.168.1.10', '[fd42:1::10]'] : []),
    ...(own === undefined ? [] : ['127.0.0.9']),
  ];
  const listening = [...heard, ':']
    .map((address) => (address === ':' ? ':' : `{ ss -Hltnu 'sport = :53' | grep -qF '${address}:53'; }`))
    .join(' && ');
  const before = `ip link set lo up
ip address add 192.168.1.10/24 dev lo
ip address add fd42:1::10/64 dev lo nodad
${own === undefined ? ': >' : "echo 'nameserver 127.0.0.9' >"}${folder}/resolv.conf
mount --bind ${folder}/resolv.conf /etc/resolv.conf
${listens ? start('lan', records, '192.168.1.10 fd42:1::10') : ':'}
${own === undefined ? ':' : start('own', own, '127.0.0.9')}
n=0; until ${listening} || [ $n -ge 100 ]; do sleep 0.05; n=$((n + 1)); done`;
  const asked = askedGate(dnsGate, context, 'box');
  const [fragment] = gateFragments([asked], { token: 'Token1' });
  if (fragment === undefined || dash === undefined) throw new Error('nothing to ask');
  const reply = runScript(dash, fragment.script, { under: WHERE, before });
  const replies = gateReplies([asked], new Map([[fragment.id, reply]])).get('test');
  const readings = readReplies(
    { ...context, measured: ['box'] },
    new Map(replies === undefined ? [] : [['box', replies]]),
    () => asked.probe as never,
  );
  return dnsGate
    .verdict(
      { ...context, measured: ['box'], inventory: { ...INVENTORY, apps: INVENTORY.apps } },
      {
        ...(readings as Parameters<typeof dnsGate.verdict>[1]),
        outside: [],
      },
    )
    .findings.filter(({ expected }) => !expected.startsWith('from the internet'));
}

(canMount ? describe : describe.skip)('names asked of real servers', () => {
  it('are right, over both families, and the machine’s own resolver passes them on', () => {
    expect(judged({ own: RIGHT }).map(({ go, seen }) => [go, seen])).toEqual([
      [true, 'A and AAAA of all are right, over IPv4 and IPv6'],
      [true, '127.0.0.9 asks it, and passes its answers on'],
    ]);
    expect(questionsOf(context, 'box').length).toBeGreaterThan(30);
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    [
      'a wrong address',
      { 'photos.example.com.A': '198.51.100.9' },
      /answers A 198\.51\.100\.9 for photos\.example\.com, not 198\.51\.100\.8$/,
    ],
    [
      'one address too many',
      { 'printer.home.example.com.AAAA': 'fd42:1::50' },
      /answers AAAA fd42:1::50 for printer\.home\.example\.com, and it should have none$/,
    ],
    ['no record', { 'start.example.com.AAAA': '' }, /has no AAAA record of start\.example\.com$/],
    ['a refusal', { 'www.example.com.A': 'fail refused' }, /refuses to answer for www\.example\.com$/],
    [
      'a failure',
      { 'www.example.com.A': 'fail servfail' },
      /answers SERVFAIL for the A record of www\.example\.com$/,
    ],
    [
      'silence for one name',
      { 'www.example.com.A': 'fail silence' },
      /no answer from \S+ for the A record of www\.example\.com, but for other names$/,
    ],
  ])('are told apart: %s', (_, change, seen) => {
    const [finding] = judged({ records: { ...RIGHT, ...change } });
    expect(finding).toMatchObject({ go: false, peer: 'home-1', seen: expect.stringMatching(seen) });
    expect(finding?.fix).toBeTruthy();
  });

  it('are a STOP if nothing listens', () => {
    const [finding] = judged({ listens: false });
    expect(finding).toMatchObject({ go: false, seen: 'nothing listens at 192.168.1.10 port 53: refused' });
    expect(finding?.fix).toContain('bridgehead-dns@lan.service');
  });

  it('are dropped by a resolver that protects from rebinding, which is named with what to allow', () => {
    const own = { ...RIGHT, 'start.example.com.A': '', 'box.home.example.com.A': '' };
    expect(judged({ own })[1]).toMatchObject({
      go: false,
      seen: '127.0.0.9 asks home-1, but drops the A record of box.home.example.com, which is private: rebind protection',
      fix: expect.stringContaining('rebind-domain-ok=/home.example.com/start.example.com/www.example.com/'),
    });
  });

  it('are only noted if the machine asks somewhere else', () => {
    expect(judged({ own: { 'photos.example.com.A': '198.51.100.8' } })[1]).toMatchObject({
      go: true,
      noted: true,
      seen: "127.0.0.9 doesn't ask home-1",
    });
    expect(judged({})[1]).toMatchObject({ go: true, noted: true, seen: 'it has none' });
  });
});
