import { ofType, type RunReport, stops } from '../support/bridgehead.js';
import { JOINING, NFT, outcome, TailnetLab, WELL } from './tailnet-lab.js';

const tailnet = new TailnetLab('198.51.100.92', ['edge', 'wk']);
tailnet.write(`name: t-tailnet-acl
defaults: { ssh: { user: root } }
sites:
  home: { subnet: 192.168.92.0/24, router: 192.168.92.1, public: 203.0.113.92 }
nodes:
  hs: { public: 198.51.100.92 }
  edge: { public: 198.51.100.93 }
  wk: { site: home, lan: 192.168.92.10 }
networks:
  tail:
    kind: tailscale
    loginServer: https://198.51.100.92
    ca: headscale.pem
    authKey: { file: auth.key }
    members: [edge, wk]
firewall:
  - { on: wk, allow: [ssh, { port: 8123/tcp, from: tail }, { port: 8124/tcp, from: tail }] }
lab: { laptop: home }
`);
const joining = tailnet.playbook('joining', JOINING);
const acl = tailnet.playbook('acl', '  - { name: acl, gates: [{ on: tailnet, tailscale-acl: {} }] }\n');
const droppedBy = tailnet.playbook(
  'dropped-by',
  '  - { name: dropped-by, gates: [{ dropped-by: { from: edge, to: wk } }] }\n',
);

/** Listens on 8123 of both families. */
const LISTEN = `use Socket qw(:DEFAULT);
socket(my $s, AF_INET6, SOCK_STREAM, 0) or die $!;
setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
bind($s, pack_sockaddr_in6(8123, Socket::IN6ADDR_ANY)) or die $!;
listen($s, 5) or die $!;
while (accept(my $c, $s)) { close $c }`;
let address: string;

beforeAll(async () => {
  await tailnet.up();
  expect(outcome(await tailnet.run('apply', joining, '--yes'))).toEqual(WELL);
  await tailnet.exec('wk', NFT);
  await tailnet.exec(
    'wk',
    `cat >/root/listen.pl <<'END'
${LISTEN}
END
systemd-run --quiet --unit=listen perl /root/listen.pl`,
  );
  address = await tailnet.address('wk');
});
afterAll(() => tailnet.down());

/** What stopped it, once for both families. */
const stopsOf = (report: RunReport): string[] => [...new Set(stops(report))];
const check = (playbook: string): Promise<RunReport> => tailnet.run('check', playbook);
const noted = (report: RunReport): string[] =>
  ofType(report, 'gate-ended').flatMap(({ findings }) =>
    findings.filter((one) => one.noted).map(({ expected, seen }) => `${expected}: ${seen}`),
  );

const filter = (): Promise<string> =>
  tailnet.exec('wk', 'tailscale debug netmap | grep -A 60 PacketFilterRules');

/** Whoever, at these ports of each other; pings are always let through. Resolves once wk has the policy. */
async function allow(...ports: readonly number[]): Promise<void> {
  const before = await filter();
  await tailnet.headscale.policy(
    ports.length === 0
      ? [{ action: 'accept', src: ['*'], dst: ['*:*'] }]
      : [
          { action: 'accept', proto: 'icmp', src: ['*'], dst: ['*:*'] },
          ...ports.map((port) => ({ action: 'accept', proto: 'tcp', src: ['*'], dst: [`*:${port}`] })),
        ],
  );
  const deadline = Date.now() + 30_000;
  while ((await filter()) === before) {
    if (Date.now() > deadline) throw new Error(`wk still has the policy ${before}`);
  }
}

const forbidden = (gate: string): string[] =>
  edge.map(
    (from) =>
      `${gate}: edge -> wk: dropped by the tailnet's policy: it does not arrive on tailscale0 of wk, whose tailscaled has no rule that lets ${from} in at 8123/tcp`,
  );
let edge: readonly string[];
beforeAll(async () => {
  edge = (await tailnet.exec('edge', 'tailscale ip')).split('\n');
});

it('is GO if the policy lets in what rules name, and notes what nobody listens on', async () => {
  const report = await check(acl);
  expect(outcome(report)).toEqual(WELL);
  const six = await tailnet.exec('wk', 'tailscale ip -6');
  expect(noted(report)).toEqual(
    [address, six].map(
      (at) =>
        `8124/tcp at ${at} over tailscale0 is reached: the tailnet's policy and the firewall let it in, and nobody listens on it`,
    ),
  );
});

describe('a policy that forbids a port', () => {
  beforeAll(() => allow(22, 8124));
  afterAll(() => allow());

  it('is named, though the tailnet answers', async () => {
    const tcp = `timeout 3 perl -MIO::Socket::INET -e 'IO::Socket::INET->new(PeerAddr => "${address}:8123", Timeout => 2) or exit 4'`;
    expect(await tailnet.exec('edge', `tailscale ping --c 3 ${address} | tail -n 1`)).toContain(
      'pong from wk',
    );
    expect(await tailnet.exec('edge', `${tcp}; echo $?`)).toBe('4');
    expect(stopsOf(await check(acl))).toEqual(forbidden('tailscale-acl'));
  });

  it('is named by dropped-by, and what anyone may reach by another way is only noted', async () => {
    await allow(8124);
    const report = await check(droppedBy);
    expect(stopsOf(report)).toEqual(forbidden('dropped-by'));
    expect(noted(report)).toContainEqual(expect.stringMatching(/^22\/tcp at .* lets .* in at 22\/tcp$/));
  });
});

it('names the rule if it is the firewall of the node that drops what the policy lets in', async () => {
  await tailnet.exec(
    'wk',
    "nft 'table inet fence { chain input { type filter hook input priority 0; tcp dport 8123 drop; }; }'",
  );
  expect(stopsOf(await check(acl))).toEqual([
    expect.stringMatching(
      /^tailscale-acl: edge -> wk: dropped by table inet fence, chain input, rule 1: tcp dport 8123 .*drop \(as the kernel's trace shows\)$/,
    ),
  ]);
  await tailnet.exec('wk', 'nft delete table inet fence');
});

it('names a tailscaled that lets nothing in', async () => {
  await tailnet.exec('wk', 'tailscale set --shields-up');
  expect(stopsOf(await check(acl))).toContain(
    'tailscale-acl: edge -> wk: dropped by tailscaled of wk, which is set to let nothing in (--shields-up)',
  );
  await tailnet.exec('wk', 'tailscale set --shields-up=false');
});

it('says which member is not in the tailnet', async () => {
  await tailnet.exec('wk', 'systemctl stop tailscaled');
  expect(stopsOf(await check(acl))).toEqual(['tailscale-acl: wk: it has no address there']);
  await tailnet.exec('wk', 'systemctl start tailscaled');
});

it('is seen by exposure in a playbook without a step for it: what nobody wants open there', async () => {
  const report = await tailnet.run('apply', 'playbooks/firewall.yaml', '--yes');
  expect(outcome(report)).toEqual(WELL);
  const seen = ofType(report, 'gate-ended').flatMap(({ name, findings }) =>
    name === 'exposure' ? findings.map((one) => `${one.node} -> ${one.peer}: ${one.seen}`) : [],
  );
  expect(seen).toContainEqual(
    expect.stringMatching(
      new RegExp(
        `^edge -> wk: only .*8123/tcp, 8124/tcp, .*open, of \\d+ ports at .*${address} over tailscale0`,
      ),
    ),
  );
});
