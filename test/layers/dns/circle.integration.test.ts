import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import {
  circleQuestions,
  judgeCircles,
  NAMELESS_SECONDS,
} from '../../../src/layers/dns/gates/asking/circle.js';
import { parseSeen } from '../../../src/layers/dns/gates/asking/seen.js';
import { resolverOf } from '../../../src/layers/dns/resolver/unit.js';
import { wantedViews } from '../../../src/layers/dns/steps/plan.js';
import { packetReplies, packetScript } from '../../../src/packets/process.js';
import { dnsProgram } from '../../../src/packets/programs/dns-program.js';
import { fromLines } from '../../../src/remote/reply-lines.js';
import { canMount } from '../../support/can-mount.js';
import { runScript, SHELLS } from '../../support/shells.js';
import { NO_FACTS } from '../../support/step-context.js';
import { dnsOf, withDns } from './fixture.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridgehead-dns-circle-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What home-1 finds if the router's resolver is a dnsmasq with these options, and nobody else is there. */
function judged(program: 'dnsmasq' | 'unbound', router: readonly string[]) {
  const inventory = withDns({ resolver: program, upstream: ['192.168.1.1'] });
  const context = {
    params: {},
    inventory,
    networks: [],
    measured: ['home-1'],
    patience: 1,
    token: 'Token1',
    facts: NO_FACTS,
  };
  const [wanted] = wantedViews(inventory, NO_FACTS, 'home-1');
  const [dash] = SHELLS;
  if (wanted === undefined || dash === undefined) throw new Error('nothing to run');
  const { config, others } = resolverOf(dnsOf(inventory)).files(wanted);
  const here = (path: string): string => join(folder, basename(path));
  for (const { path, content } of [...others, config])
    writeFileSync(here(path), content.replaceAll(`${dirname(path)}/`, `${folder}/`));
  const questions = circleQuestions(context, 'home-1');
  const asking = dnsProgram({ port: 53, questions, tcp: [], grace: NAMELESS_SECONDS }, { patience: 1 });
  const start =
    program === 'dnsmasq'
      ? `dnsmasq -k --conf-file=${here(config.path)} --pid-file=`
      : `unbound -d -p -c ${here(config.path)}`;
  const reply = runScript(
    dash,
    `${start} >&2 &
dnsmasq -k --conf-file=/dev/null --pid-file= --no-resolv --no-hosts --bind-interfaces --listen-address=192.168.1.1 ${router.join(' ')} >&2 &
sleep 1
${packetScript([{ id: 'ask', program: asking, earlier: 0 }], 'Token1')}`,
    {
      under: ['unshare', '-n', '-p', '-f', '--kill-child'],
      before: `ip link set lo up
ip address add 192.168.1.1/24 dev lo
ip address add 192.168.1.10/24 dev lo
ip address add fd42:1::10/64 dev lo nodad`,
    },
  );
  const said = packetReplies(['ask'], reply).get('ask');
  if (said === undefined || said.code !== 0) throw new Error(reply.stderr);
  return judgeCircles(context, 'home-1', fromLines((lines) => parseSeen(lines, questions, []))(said)).map(
    ({ go, seen }) => ({ go, seen }),
  );
}

(canMount ? describe : describe.skip).each(['dnsmasq', 'unbound'] as const)('a real %s', (program) => {
  it('and a router that asks it go round in a circle', () => {
    expect(judged(program, ['--server=192.168.1.10'])).toEqual([
      {
        go: false,
        seen: expect.stringMatching(
          /^192\.168\.1\.1, which it asks, asks home-1 in turn: other names go round in a circle; bridgehead-token1\.arpa gets /,
        ),
      },
    ]);
  });

  it('and a router that asks it for its zone do for those names', () => {
    const own = ['--server=/home.example.com/192.168.1.10', '--local=/arpa/'];
    expect(judged(program, own)).toEqual([
      { go: true, seen: expect.stringContaining('asks home-1 in turn for home.example.com: ') },
    ]);
  });

  it('and a router that knows itself what there is do not', () => {
    expect(judged(program, ['--local=//'])).toEqual([]);
  });
});
