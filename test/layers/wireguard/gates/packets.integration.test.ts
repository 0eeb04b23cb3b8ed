import { endpoints } from '../../../../src/layers/wireguard/gates/endpoints.js';
import { handshake } from '../../../../src/layers/wireguard/gates/handshake.js';
import { ping } from '../../../../src/layers/wireguard/gates/ping.js';
import { transferPort } from '../../../../src/layers/wireguard/gates/shared/transfer-port.js';
import { transfer } from '../../../../src/layers/wireguard/gates/transfer.js';
import { describeShells, runScript, SHELLS } from '../../../support/shells.js';
import { verdictOn } from '../../../support/verdict-on.js';
import { fakes } from './fakes.js';
import {
  askGate,
  gateContext,
  INVENTORY,
  KEYS,
  NETWORK,
  nodeOf,
  reply,
  scriptOf,
  stops,
  verdictOf,
} from './fixture.js';

const NODES = Object.keys(KEYS);
const others = (node: string): string[] => NODES.filter((name) => name !== node);
const one = { measured: ['ms-1'] };

describe('ping', () => {
  const answered = 'pong 0 1 12.5 0\npong 1 1 0.4 0\npong 2 3 0.5 2';

  it('has each pair in numbers, with what was lost before the answer', () => {
    const lossy = 'pong 0 3 12.5 2\npong 1 1 0.4 0\nlost 2 4 silence';
    const { findings } = verdictOf(ping, {}, { 'ms-1': lossy }, one);
    expect(findings.filter(({ node }) => node === 'ms-1').map(({ pair }) => pair)).toEqual([
      { network: 'mesh', unit: 'ms', value: 12.5, lost: 2 },
      { network: 'mesh', unit: 'ms', value: 0.4 },
      { network: 'mesh', unit: 'ms', lost: 4 },
    ]);
  });

  it('is GO when every pair answers', () => {
    const verdict = verdictOf(ping, {}, Object.fromEntries(NODES.map((node) => [node, answered])));
    expect(verdict.summary).toBe('12 of 12 pairs answer');
    expect(verdict.findings[0]).toEqual({
      go: true,
      node: 'ctb-edge-1',
      peer: 'ms-1',
      expected: 'answers ping at 172.27.15.12',
      seen: '12.5 ms',
      pair: { network: 'mesh', unit: 'ms', value: 12.5 },
    });
  });

  it('reports what was lost and why', () => {
    const said = 'pong 0 1 12.5 0\nlost 1 4 silence\nlost 2 4 Required key not available';
    const verdict = verdictOf(ping, {}, { 'ms-1': said }, one);
    expect(verdict.summary).toBe('1 of 3 pairs answer');
    expect(stops(verdict)).toEqual([
      'ms-1 -> wk-1: no answer to 4 pings',
      'ms-1 -> wk-2: no answer to 4 pings (Required key not available)',
    ]);
  });

  it('is garbled when a peer is not mentioned', () => {
    const [stop] = stops(verdictOf(ping, {}, { 'ms-1': 'pong 0 1 12.5 0\npong 1 1 0.4 0' }, one));
    expect(stop).toMatch(/^ms-1: no answer about wk-2/);
  });

  const fixesOf = (said: Readonly<Record<string, string>>): readonly (string | undefined)[] =>
    verdictOf(ping, {}, said, { measured: Object.keys(said) }).findings.flatMap(({ go, fix }) =>
      go ? [] : [fix],
    );
  const mute = 'pong 0 1 2.0 0\nlost 1 9 silence\npong 2 1 2.0 0';
  const heard = 'pong 0 1 2.0 0\npong 1 1 2.0 0\npong 2 1 2.0 0';

  it('blames a firewall only if the tunnel works the other way', () => {
    expect(fixesOf({ 'ms-1': mute, 'wk-1': heard })).toEqual([
      expect.stringContaining('wk-1 drops ICMP echo requests on wg0'),
    ]);
    expect(fixesOf({ 'ms-1': mute, 'wk-1': mute })).toEqual([
      expect.stringMatching(/^nothing passes between ms-1 and wk-1 either way: check what the gates peers/),
      expect.stringMatching(/^nothing passes between wk-1 and ms-1 either way/),
    ]);
    expect(fixesOf({ 'ms-1': mute })).toEqual([expect.not.stringContaining('ICMP')]);
  });

  describeShells('without perl', (shell) => {
    const busybox = (name: string): string => `exec /usr/bin/env -i /bin/${name} "$@"`;
    const path = (body: string): string =>
      fakes({ ping: body, date: busybox('date'), sleep: busybox('sleep') });

    it('falls back on ping, again and again for those that are silent', () => {
      const folder = path(
        'for address; do :; done; case $address in *.14) [ -e "$0.tried" ] || { : >"$0.tried"; exit 1; } ;; esac',
      );
      const context = gateContext({}, { patience: 5 });
      const answer = askGate(shell, ping, context, nodeOf('ms-1'), { before: `PATH=${folder}` });
      expect(answer.stdout.trim().split('\n').sort()).toEqual([
        'end',
        'pong 0 1 0 0',
        'pong 1 1 0 0',
        'pong 2 2 0 1',
      ]);
      expect(stops(verdictOn(ping, gateContext({}, one), new Map([['ms-1', answer]])))).toEqual([]);
    });

    it('gives up when its patience is over', () => {
      const context = gateContext({}, { patience: 1 });
      const answer = askGate(shell, ping, context, nodeOf('ms-1'), { before: `PATH=${path('exit 1')}` });
      expect(stops(verdictOn(ping, gateContext({}, one), new Map([['ms-1', answer]])))).toHaveLength(3);
    });
  });
});

describe('endpoints', () => {
  const good = Object.fromEntries(
    NODES.map((node) => [
      node,
      others(node)
        .flatMap((peer) => [`sent mesh ${peer} 2 answered`, `heard mesh ${peer}`])
        .join('\n'),
    ]),
  );

  it('are GO when every target heard its askers', () => {
    const verdict = verdictOf(endpoints, {}, good);
    expect(verdict.summary).toBe('12 of 12 endpoints lead to their nodes');
    expect(stops(verdict)).toEqual([]);
  });

  it("believe the target, not the asker's answer", () => {
    const deaf = { ...good, 'wk-1': good['wk-1']?.replace('heard mesh ctb-edge-1', '') ?? '' };
    const verdict = verdictOf(endpoints, {}, deaf);
    expect(verdict.summary).toBe('11 of 12 endpoints lead to their nodes');
    expect(verdict.findings.filter(({ go }) => !go)).toEqual([
      {
        go: false,
        node: 'ctb-edge-1',
        peer: 'wk-1',
        expected: 'UDP to 203.0.113.10:51820 arrives at wk-1:51820',
        seen: 'wk-1 received none of 2 datagrams (answered)',
        fix: 'forward UDP 203.0.113.10:51820 to wk-1 (192.168.15.3:51820) on the router of site home',
      },
    ]);
  });

  it('see that nothing listens where the datagrams arrive', () => {
    const unheld = { ...good, 'wk-1': `${good['wk-1']}\nunheld mesh` };
    expect(stops(verdictOf(endpoints, {}, unheld))).toEqual(
      ['ctb-edge-1', 'ms-1', 'wk-2'].map(
        (from) => `${from} -> wk-1: it arrives at wk-1, where nothing listens on UDP port 51820`,
      ),
    );
  });

  it('name the node at which it came out instead, and the port', () => {
    const astray = {
      ...good,
      'wk-1': good['wk-1']?.replace('heard mesh ctb-edge-1', '') ?? '',
      'wk-2': `${good['wk-2']}\nstray mesh ctb-edge-1 wk-1 51820`,
    };
    expect(stops(verdictOf(endpoints, {}, astray))).toEqual(['ctb-edge-1 -> wk-1: it arrived at wk-2:51820']);
  });

  it('stop both ways when an end gives no reply', () => {
    const verdict = verdictOf(endpoints, {}, { ...good, 'wk-1': reply('', { code: 1 }) });
    expect(stops(verdict).slice(1)).toEqual([
      'ctb-edge-1 -> wk-1: wk-1 could not be measured',
      'ms-1 -> wk-1: wk-1 could not be measured',
      'wk-2 -> wk-1: wk-1 could not be measured',
    ]);
  });

  it('ask only if both ends are measured', () => {
    const script = scriptOf(endpoints, gateContext({}, { measured: ['ms-1', 'wk-1'] }), nodeOf('ms-1'));
    expect(script).toContain('\nsend mesh wk-1 192.168.15.3 51820\nexpect mesh wk-1\nBRIDGEHEAD_Token1\n');
    expect(script).not.toContain('ctb-edge-1');
  });

  it('say so if there is no perl', () => {
    expect(stops(verdictOf(endpoints, {}, { 'ms-1': 'no-perl' }, one))).toEqual(['ms-1: no perl']);
  });
});

describe('transfer', () => {
  const good = Object.fromEntries(
    NODES.map((node) => [node, [0, 1, 2].map((n) => `moved ${n} 1.5\narrived ${n} 4096`).join('\n')]),
  );

  it('is GO when every byte was confirmed', () => {
    const verdict = verdictOf(transfer, {}, good);
    expect(verdict.summary).toBe('12 of 12 transfers complete');
    expect(verdict.findings[0]?.pair).toEqual({ network: 'mesh', unit: 'ms', value: 1.5 });
    expect(stops(verdict)).toEqual([]);
  });

  it.each([
    [
      'no connection',
      'stuck 1 unconnected Connection refused',
      'arrived 1 0',
      'no connection (Connection refused)',
    ],
    [
      'large packets lost',
      'stuck 1 connected silence',
      'arrived 1 1300',
      'connected, then 1300 of 4096 bytes (silence)',
    ],
    [
      'bytes changed',
      'spoiled 1 4096 99',
      'arrived 1 4096',
      'connected, then 4096 of 4096 bytes (4096 bytes arrived corrupted)',
    ],
  ])('%s', (_what, outcome, arrived, seen) => {
    const replies = {
      ...good,
      'ms-1': good['ms-1']?.replace('moved 1 1.5', outcome) ?? '',
      'wk-1': good['wk-1']?.replace('arrived 1 4096', arrived) ?? '',
    };
    expect(stops(verdictOf(transfer, {}, replies))).toEqual([`ms-1 -> wk-1: ${seen}`]);
  });

  it('reports an address that could not be listened on', () => {
    const replies = { ...good, 'ms-1': `refused 172.27.15.12 61234 in-use\n${good['ms-1']}` };
    expect(stops(verdictOf(transfer, {}, replies))).toEqual(['ms-1: port 61234 on 172.27.15.12 is in use']);
  });

  it.each(['Token1', 'x', 'Zz9'.repeat(20)])(
    'takes a port above those that systems give out, from the token %s',
    (token) => {
      expect(transferPort(token)).toBeGreaterThanOrEqual(61_000);
      expect(transferPort(token)).toBeLessThan(65_000);
    },
  );
});

describe('handshake', () => {
  const shakes = (time: (peer: string) => number): string =>
    ['clock 1000000', ...others('ms-1').map((peer) => `shake 0 ${KEYS[peer]} ${time(peer)}`)].join('\n');

  it.each([
    ['fresh', () => 999_900, []],
    ['just now by a clock that runs ahead', () => 1_000_002, []],
    [
      'old',
      (peer: string) => (peer === 'wk-1' ? 999_000 : 999_990),
      ['ms-1 -> wk-1: the last one 1000 s ago'],
    ],
    ['never', (peer: string) => (peer === 'wk-2' ? 0 : 999_990), ['ms-1 -> wk-2: none yet']],
  ])('%s', (_what, time, expected) => {
    expect(stops(verdictOf(handshake, {}, { 'ms-1': shakes(time) }, one))).toEqual(expected);
  });

  it('has the age of each, if there is one', () => {
    const time = (peer: string) => (peer === 'wk-2' ? 0 : peer === 'wk-1' ? 999_000 : 999_990);
    const { findings } = verdictOf(handshake, {}, { 'ms-1': shakes(time) }, one);
    const readings = findings.filter(({ node }) => node === 'ms-1').map(({ pair }) => pair);
    expect(readings).toEqual([
      { network: 'mesh', unit: 's ago', value: 10 },
      { network: 'mesh', unit: 's ago', value: 1000 },
      { network: 'mesh', unit: 's ago' },
    ]);
  });

  it('older than the config is proven only by packets', () => {
    const unproven = `${shakes(() => 999_950)}\nchanged 0 999_990`.replace('999_990', '999990');
    const [first] = others('ms-1');
    const rest = others('ms-1').slice(1);
    expect(stops(verdictOf(handshake, {}, { 'ms-1': unproven }, one))).toHaveLength(3);
    const heard = rest.map((peer) => `\nheard 0 ${KEYS[peer]}`).join('');
    expect(stops(verdictOf(handshake, {}, { 'ms-1': unproven + heard }, one))).toEqual([
      `ms-1 -> ${first}: the last one 50 s ago, before the change 10 s ago, and nothing was received since`,
    ]);
    const newer = `${shakes(() => 999_995)}\nchanged 0 999990`;
    expect(stops(verdictOf(handshake, {}, { 'ms-1': newer }, one))).toEqual([]);
  });

  it('that only one side believes in is made again by that side, when it is asked again', () => {
    const two = { measured: ['ms-1', 'wk-1'] };
    const all = (node: string, time: (peer: string) => number): string =>
      ['clock 1000000', ...others(node).map((peer) => `shake 0 ${KEYS[peer]} ${time(peer)}`)].join('\n');
    const { recall } = verdictOf(
      handshake,
      {},
      { 'ms-1': all('ms-1', () => 0), 'wk-1': all('wk-1', () => 999_990) },
      two,
    );
    const script = (node: string): string =>
      scriptOf(handshake, gateContext({}, { ...two, recall }), nodeOf(node));
    expect(script('wk-1')).toContain(`'renew' 'wg0' '${KEYS['ms-1']}'`);
    expect(script('ms-1')).not.toContain('renew');
    expect(scriptOf(handshake, gateContext({}, two), nodeOf('wk-1'))).not.toContain('renew');
  });

  it('needs the peer and its key', () => {
    expect(stops(verdictOf(handshake, {}, { 'ms-1': 'clock 1000000' }, one))[0]).toBe(
      'ms-1 -> ctb-edge-1: ctb-edge-1 is not a peer of wg0',
    );
  });

  it('is called for by one side of each pair', () => {
    const called = (node: string): string[] => {
      const script = scriptOf(handshake, gateContext({}), nodeOf(node));
      const [, first = ''] = /"\$unproven" = no \]; then (.*)\n/.exec(script) ?? [];
      return first.split(' ').slice(1);
    };
    const address = (node: string): string | undefined =>
      NETWORK.members.find((member) => member.node === node)?.addresses[0];
    const calls = NODES.flatMap((node) => called(node).map((to) => [address(node), to.replaceAll("'", '')]));
    const pairs = new Set(calls.map((pair) => pair.sort().join(' ')));
    expect([calls.length, pairs.size]).toEqual([6, 6]);
  });

  it('of a client is reported, but neither required nor awaited', () => {
    const publicKey = 'cGhvbmUtcGhvbmUtcGhvbmUtcGhvbmUtcGhvbmUtcGg=';
    const phone = {
      name: 'phone',
      addresses: ['172.27.15.77'],
      publicKey,
      tunnel: 'split',
      dns: [],
      reach: 'all',
    } as const;
    const hubOf = Object.fromEntries([...others('ms-1'), 'phone'].map((name) => [name, 'ms-1']));
    const network = { ...NETWORK, shape: 'hub', hubs: ['ms-1'], hubOf, clients: [phone] } as const;
    const inventory = { ...INVENTORY, networks: [network] };
    const verdict = verdictOf(handshake, {}, { 'ms-1': shakes(() => 999_990) }, { ...one, inventory });
    expect(verdict.summary).toBe('3 of 3 handshakes fresh');
    expect(verdict.findings.find(({ peer }) => peer === 'phone')).toMatchObject({
      go: true,
      seen: 'not connected yet',
    });
    const path = fakes({ wg: `echo "${publicKey}\t0"`, sleep: ': >"$0.called"' });
    const script = scriptOf(handshake, gateContext({}, { inventory }), nodeOf('ms-1'));
    const [shell] = SHELLS;
    if (!shell) throw new Error('no shell');
    expect(runScript(shell, `${script}ls ${path}`, { path: [path] }).stdout).not.toContain('called');
  });

  describeShells('is awaited', (shell) => {
    const stale = `case "$*" in "show wg0 latest-handshakes") ;; *) exit 1 ;; esac
if [ -e "$0.nudged" ]; then echo "${KEYS['wk-1']}	$(date +%s)"; else echo "${KEYS['wk-1']}	0"; fi`;

    it('and brought about by a packet', () => {
      const path = fakes({
        wg: stale,
        perl: 'case " $* " in *" -- "*172.27.15.13*) : >"$(dirname "$0")/wg.nudged" ;; esac',
      });
      const { stdout } = askGate(shell, handshake, gateContext({}), nodeOf('ms-1'), { path: [path] });
      expect(stdout).toMatch(/^clock (\d+)\nshake 0 \S+ [1-9]\d+\nchanged 0 0\nend\n$/);
    });

    it('no longer than the patience, and the last thing seen is reported', () => {
      const path = fakes({ wg: stale, perl: ':' });
      const { stdout } = askGate(shell, handshake, gateContext({}, { patience: 1 }), nodeOf('ms-1'), {
        path: [path],
      });
      expect(stdout).toMatch(/^clock \d+\nshake 0 \S+ 0\nchanged 0 0\nend\n$/);
    });

    it('not at all if all are fresh', () => {
      const fresh = `echo "${KEYS['wk-1']}	$(date +%s)"`;
      const path = fakes({ wg: fresh, perl: ': >"$0.called"', sleep: ': >"$0.called"' });
      askGate(shell, handshake, gateContext({}), nodeOf('ms-1'), { path: [path] });
      expect(runScript(shell, `ls ${path}`).stdout).not.toContain('called');
    });
  });
});
