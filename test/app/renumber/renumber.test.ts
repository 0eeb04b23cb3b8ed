import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../../../src/core/errors.js';
import { cli, folderWith } from '../../cli/helpers.js';

const INVENTORY = `name: small
sites:
  home: { subnet: 192.168.1.0/24, public: 203.0.113.8 }
nodes:
  vps: { public: 198.51.100.1, ssh: { host: 127.0.0.1, port: 1, user: root } }
  gw: { site: home, lan: 192.168.1.2, ssh: { host: 127.0.0.1, port: 2, user: root } }
networks:
  home: # ours
    shape: hub
    hub: vps
    range: 10.8.0.0/24
    addresses: { vps: 10.8.0.1, gw: 10.8.0.200 }
    advertise:
      gw: { subnets: 192.168.1.0/24 }
    clients:
      phone: { address: 10.8.0.2 } # Anna's
`;
const OFFICE = `  office:
    interface: wg1
    port: 51821
    range: [10.20.0.0/24, "fd42:20::/64"]
    addresses: { vps: [10.20.0.1, "fd42:20::1"] }
`;

async function renumber(
  words: readonly string[],
  text = INVENTORY,
  others: Readonly<Record<string, string>> = {},
) {
  const folder = folderWith({ 'home.yaml': text, ...others });
  const file = join(folder, 'home.yaml');
  const more = 'p.yaml' in others ? ['-p', join(folder, 'p.yaml')] : [];
  const { code, stdout, stderr } = await cli(['renumber', ...words, '-i', file, ...more], folder);
  const plain = (told: string) => told.replaceAll(`${folder}/`, '');
  expect(readFileSync(file, 'utf8')).toBe(text);
  expect(readdirSync(folder).filter((name) => name.startsWith('.home'))).toEqual([]);
  return { code, stdout: plain(stdout), stderr: plain(stderr) };
}

const FREE = 'choose one that is free: bridgehead renumber home 10.86.0.0/24 -i home.yaml';

describe('a range that can’t be', () => {
  it.each<[what: string, words: string[], told: string, text?: string]>([
    ['a LAN', ['192.168.0.0/16'], `RANGE  192.168.0.0/16 overlaps 192.168.1.0/24 of site home; ${FREE}`],
    [
      'another network',
      ['home', '10.20.0.0/16'],
      `RANGE  10.20.0.0/24 overlaps 10.20.0.0/16 of network home; ${FREE}`,
      INVENTORY + OFFICE,
    ],
    [
      'Docker’s range',
      ['172.17.9.0/24'],
      `RANGE  172.17.9.0/24 overlaps 172.17.0.0/16, the range of Docker's default bridge; ${FREE}`,
    ],
    [
      'a public address',
      ['198.51.100.0/24'],
      `RANGE  198.51.100.0/24 contains 198.51.100.1, a public address of node vps; ${FREE}`,
    ],
    [
      'too small',
      ['10.9.0.8/31'],
      'RANGE  10.9.0.8/31 has room for 2, and home has 3 addresses; bridgehead renumber home 10.9.0.8/29 -i home.yaml',
    ],
    ['host bits', ['10.9.0.1/24'], 'RANGE  "10.9.0.1/24" has host bits; write 10.9.0.0/24'],
    ['an address', ['10.9.0.0'], 'RANGE  "10.9.0.0" is an address, not a range; add the prefix length'],
    [
      'a family that the network lacks',
      ['fd42:9::/64'],
      'RANGE  network home has no IPv6 range that fd42:9::/64 could replace; its range is 10.8.0.0/24; bridgehead renumber home 10.86.0.0/24 -i home.yaml',
    ],
    [
      'two of one family',
      ['10.9.0.0/24', '10.10.0.0/24'],
      'RANGE  10.10.0.0/24 is a second IPv4 range; give one per address family',
    ],
    [
      'none',
      ['home'],
      'error: the new range of home is missing\nfix: bridgehead renumber home 10.86.0.0/24 -i home.yaml',
    ],
    [
      'nothing at all',
      [],
      'error: the new range of home is missing\nfix: bridgehead renumber home 10.86.0.0/24 -i home.yaml',
    ],
    [
      'nothing, of one of several networks',
      [],
      'error: there are several networks: home, office\nfix: name one: bridgehead renumber home 10.86.0.0/24 -i home.yaml',
      INVENTORY + OFFICE,
    ],
    [
      'of no network',
      ['hme', '10.9.0.0/24'],
      'error: no network named "hme"\nfix: did you mean "home"? the networks are: home',
    ],
    [
      'of one of several networks',
      ['10.9.0.0/24'],
      'error: there are several networks: home, office\nfix: name one: bridgehead renumber home 10.9.0.0/24 -i home.yaml',
      INVENTORY + OFFICE,
    ],
    [
      'where a login comes through the network',
      ['10.9.0.0/24'],
      'home.yaml:6:52  nodes.gw.ssh.host: 10.8.0.200 is in network home, so the login would be lost with the old addresses; use an address outside the network',
      INVENTORY.replace('host: 127.0.0.1, port: 2', 'host: 10.8.0.200, port: 2'),
    ],
    [
      'without the place of a range that a client may reach',
      ['10.9.0.0/25'],
      'home.yaml:16:42  networks.home.clients.phone.reach: 10.8.0.128/25 has no place in the new range; change it first',
      INVENTORY.replace('address: 10.8.0.2 }', 'address: 10.8.0.2, reach: 10.8.0.128/25 }'),
    ],
    [
      'that puts another machine into a range that a client may reach',
      ['10.9.0.0/25'],
      'home.yaml:16:42  networks.home.clients.phone.reach: 10.9.0.0/30 would also hold gw; write out its addresses, or choose a larger range for the network',
      INVENTORY.replace('address: 10.8.0.2 }', 'address: 10.8.0.2, reach: 10.8.0.0/30 }'),
    ],
  ])('is refused, and nothing is touched: %s', async (_what, words, told, text = INVENTORY) => {
    const { code, stdout, stderr } = await renumber([...words, '--yes'], text);
    expect(stderr.startsWith(told)).toBe(true);
    expect(stderr.trimEnd().split('\n')).toHaveLength(told.split('\n').length);
    expect([code, stdout]).toEqual([EXIT.badInput, '']);
  });

  it('is refused with everything that is wrong', async () => {
    const { stderr } = await renumber(['home', '10.9.0.1/24', '10.9.0', '--yes']);
    expect(stderr.split('\n').filter((line) => line.startsWith('RANGE  '))).toHaveLength(2);
  });

  it('is not blamed for the range of the other family', async () => {
    const text = INVENTORY.replace('range: 10.8.0.0/24', 'range: [172.17.9.0/24, "fd42:8::/64"]').replace(
      /addresses: .*/,
      'addresses: { vps: [172.17.9.1, "fd42:8::1"], gw: [172.17.9.200, "fd42:8::200"] }',
    );
    const { code, stderr } = await renumber(
      ['fd42:9::/64', '--yes'],
      text.replace('address: 10.8.0.2', 'address: [172.17.9.2, "fd42:8::2"]'),
    );
    expect(stderr).not.toContain('RANGE');
    expect(code).toBe(EXIT.unreachable);
  });

  it('is refused where ~/.ssh/config leads a login through the network', async () => {
    const { code, stdout, stderr } = await renumber(
      ['10.9.0.0/24', '--yes'],
      INVENTORY.replace('host: 127.0.0.1, port: 2', 'host: far, port: 2'),
      { '.ssh/config': 'Host far\n  HostName 192.168.1.2\n  ProxyJump root@10.8.0.1\n' },
    );
    expect(stderr).toBe(
      'home.yaml  nodes.gw.ssh: SSH goes through 10.8.0.1, which is in network home, so the login would be lost with the old addresses; set HostName or ProxyJump in ~/.ssh/config to an address outside the network\n',
    );
    expect([code, stdout]).toEqual([EXIT.badInput, '']);
  });

  it.each([
    ['wireguard and no forwarding', ''],
    ['forwarding', '    steps:\n      - wireguard: { network: home }\n'],
    ['wireguard', '    steps:\n      - wireguard: { network: office }\n      - forwarding:\n'],
  ])('is refused with a playbook that gives no node a new address: no %s step', async (missing, steps) => {
    const playbook = `name: p\nphases:\n  - name: one\n${steps}    gates:\n      - commands: { names: [sh] }\n`;
    const { code, stdout, stderr } = await renumber(['home', '10.9.0.0/24', '--yes'], INVENTORY + OFFICE, {
      'p.yaml': playbook,
    });
    expect(stderr).toContain(`playbook p has no ${missing} step for network home`);
    expect([code, stdout]).toEqual([EXIT.badInput, '']);
  });

  it('is nothing to do where the network has it', async () => {
    const { code, stderr } = await renumber(['10.8.0.0/24', '--yes']);
    expect([code, stderr]).toEqual([EXIT.go, 'home has this range already, and every address is in it\n']);
  });

  it('asks nobody where nobody can answer', async () => {
    const { code, stderr } = await renumber(['10.9.0.0/24']);
    expect(code).toBe(EXIT.badInput);
    expect(stderr).toContain('add --yes to renumber without asking');
  });
});

it('shows old and new addresses, and leaves the inventory where the nodes don’t answer', async () => {
  const { code, stdout, stderr } = await renumber(['10.9.0.0/25', '--yes']);
  expect(stdout).toMatch(
    /^home: 10\.8\.0\.0\/24 -> 10\.9\.0\.0\/25\n {2}vps {4}10\.8\.0\.1 {4}-> {2}10\.9\.0\.1\n {2}gw {5}10\.8\.0\.200 {2}-> {2}10\.9\.0\.3\n {2}phone {2}10\.8\.0\.2 {4}-> {2}10\.9\.0\.2 {2}must scan a new code\n\n/,
  );
  expect(stderr).toContain(
    'The inventory was not changed: home is still 10.8.0.0/24 in it. Fix the error above, then run renumber again.\n',
  );
  expect(code).toBe(EXIT.unreachable);
});
