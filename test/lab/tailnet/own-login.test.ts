import { changesOf, ofType, type RunReport } from '../support/bridgehead.js';
import { JOINING, NFT, outcome, TailnetLab, WELL } from './tailnet-lab.js';

const tailnet = new TailnetLab('198.51.100.94', ['edge', 'far']);
const LAN = '{ host: 203.0.113.95, port: 2295 }';
let inside = LAN;

/** `ssh` of far, and lines of the network. */
const write = (ssh: string, ...lines: readonly string[]): void =>
  tailnet.write(`name: t-tailnet-login
defaults: { ssh: { user: root } }
sites:
  away: { subnet: 192.168.95.0/24, router: 192.168.95.1, public: 203.0.113.95, forwards: [{ protocol: tcp, port: 2295, node: far, nodePort: 22 }] }
nodes:
  hs: { public: 198.51.100.94 }
  edge: { public: 198.51.100.95 }
  far: { site: away, lan: 192.168.95.10, ssh: ${ssh} }
networks:
  tail:
    kind: tailscale
    loginServer: https://198.51.100.94
    ca: headscale.pem
    authKey: { file: auth.key }
    members: [edge, far]
${lines.map((line) => `    ${line}\n`).join('')}`);
write(LAN);
const playbook = tailnet.playbook('joining', JOINING);
const apply = (): Promise<RunReport> => tailnet.run('apply', playbook, '--yes');

beforeAll(async () => {
  await tailnet.up();
  expect(outcome(await apply())).toEqual(WELL);
  const key = await tailnet.exec('far', 'cut -d" " -f1,2 /etc/ssh/ssh_host_ed25519_key.pub');
  inside = `{ host: ${await tailnet.address('far')}, jump: edge, hostKey: "${key}" }`;
});
afterAll(() => tailnet.down());

/** Where the last logins on far came from. */
const logins = (): Promise<string> =>
  tailnet.exec('far', "journalctl -t sshd --no-pager -o cat | grep '^Accepted' | tail -n 3");
const guardOf = (report: RunReport): readonly string[] => [
  ...new Set([
    ...ofType(report, 'guard-confirmed').map(({ node }) => `${node} confirmed`),
    ...ofType(report, 'guard-reverted').map(({ node }) => `${node} reverted`),
  ]),
];

describe('a node that is logged into over the tailnet', () => {
  it('is as it was before', async () => {
    write(inside);
    // The record on edge of who else is a member.
    expect(outcome(await apply())).toEqual(WELL);
    const report = await apply();
    expect({ ...outcome(report), changes: changesOf(report) }).toEqual({ ...WELL, changes: 0 });
    const edge = await tailnet.address('edge');
    expect(await logins()).toContain(` from ${edge} `);
  });

  it.each<[string, readonly string[]]>([
    [
      'routes that it advertises and accepts',
      ['advertise: { edge: 10.77.0.0/24, far: 192.168.95.0/24 }', 'accept: [edge, far]'],
    ],
    ['a port, for which tailscaled is restarted', ['port: 41642']],
    ['name servers and rules of Tailscale', ['acceptDns: true', 'netfilter: nodivert']],
    ['an exit node that it is, and no longer', ['exitNodes: [edge, far]']],
  ])('keeps its login when these change: %s', async (_name, lines) => {
    write(inside, ...lines);
    const report = await apply();
    expect(outcome(report).errors).toEqual([]);
    expect(guardOf(report)).toContain('far confirmed');
    const again = await apply();
    expect({ errors: outcome(again).errors, changes: changesOf(again) }).toEqual({ errors: [], changes: 0 });
  });

  it('is reverted by its guard if the login needs what was changed', async () => {
    write(inside);
    expect(outcome(await apply())).toEqual(WELL);
    // In a chain that Tailscale's own rules come first in, as UFW's rules are.
    const chain = 'ip filter INPUT';
    await tailnet.exec('far', NFT);
    await tailnet.exec(
      'far',
      `nft list chain ${chain} && nft add rule ${chain} ip saddr 100.64.0.0/10 tcp dport 22 ct state new drop`,
    );
    write(inside, 'netfilter: "off"');
    const report = await apply();
    expect(outcome(report).errors.map((error) => error.split(':')[0])).toContain('E_REVERTED');
    expect(guardOf(report)).toContain('far reverted');
    expect(await tailnet.exec('far', 'tailscale debug prefs | grep NetfilterMode')).toContain('2');
    await tailnet.exec('far', `nft flush chain ${chain}; systemctl restart tailscaled`);
    write(inside);
    expect(outcome(await apply()).errors).toEqual([]);
  });

  it('is refused what no guard could undo', async () => {
    write(inside, 'tags: tag:server');
    expect(outcome(await apply()).errors).toContain(
      'E_STEP: far was logged into over tailscale0, and joining tail anew would end that for good',
    );
  });
});
