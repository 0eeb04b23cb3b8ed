import { execFileSync } from 'node:child_process';
import { knownHosts, laptopEnvironment, passwdWithHome } from '../../src/lab/client/laptop.js';
import { planKeys } from '../../src/lab/machine/access.js';
import { BASE_PACKAGES, baseKey, baseScript } from '../../src/lab/machine/base-recipe.js';
import { setupScript, supervisorScript } from '../../src/lab/machine/supervisor.js';
import { LabPaths, labName } from '../../src/lab/names.js';
import { proxyConfig, upstreamProxy } from '../../src/lab/network/proxy.js';
import { planLab } from '../../src/lab/topology/lab.js';
import type { MachinePlan } from '../../src/lab/types.js';
import { homeMesh, node, ssh } from '../fixtures/home-mesh-inventory.js';
import { manySites } from './fixtures.js';

const places = { base: '/base', folder: '/disk', namespace: '/ns/a', internet: '/ns/internet' };

function machine(plan: { machines: readonly MachinePlan[] }, name: string): MachinePlan {
  const found = plan.machines.find((candidate) => candidate.node === name);
  if (found === undefined) throw new Error(`no machine ${name}`);
  return found;
}

describe('lab names', () => {
  it.each([
    ['home-mesh', /^home-mesh$/],
    ['Home Mesh', /^home-mesh-[0-9a-f]{6}$/],
    ['../etc', /^etc-[0-9a-f]{6}$/],
    ['ё', /^[0-9a-f]{6}$/],
    ['x'.repeat(40), /^x{25}-[0-9a-f]{6}$/],
  ])('%s becomes one that is a safe file name', (name, expected) => {
    expect(labName(name)).toMatch(expected);
  });

  it('keeps apart what only looks alike', () => {
    expect(new Set(['a b', 'a-b', 'A b', 'a_b'].map(labName)).size).toBe(4);
  });
});

describe('scripts', () => {
  const password = machine(planLab(homeMesh), 'ms-1');
  const passwordless = machine(planLab(homeMesh), 'wk-1');
  const dual = machine(planLab(manySites), 'd-1');
  const base = { image: 'trixie', mirror: undefined, target: '/cache/b', build: '/cache/b.tmp.1' } as const;

  it.each([
    ['supervisor', supervisorScript(password, places)],
    ['supervisor with two links', supervisorScript(dual, places)],
    ['setup', setupScript(passwordless, ['ssh-ed25519 AAAA laptop'])],
    ['base', baseScript(base)],
  ])('%s is POSIX sh', (_, script) => {
    expect(() => execFileSync('sh', ['-n'], { input: script })).not.toThrow();
  });

  it('start a machine again only when it reboots', () => {
    expect(supervisorScript(password, places)).toContain('[ "$code" = 133 ] || exit "$code"');
  });

  it('move the public link of a machine with two to the internet', () => {
    expect(supervisorScript(dual, places)).toContain("'--network-veth-extra=w4:wan0'");
    expect(supervisorScript(dual, places)).toContain("'ip' 'link' 'set' 'w4' 'netns' '/ns/internet'");
    expect(supervisorScript(password, places)).not.toContain('wan0');
  });

  it('let sudo ask for a password only if the inventory says so', () => {
    expect(setupScript(password, [])).not.toContain('NOPASSWD');
    expect(setupScript(passwordless, [])).toContain("'ops ALL=(ALL:ALL) NOPASSWD: ALL'");
  });

  it('leave WireGuard out of the base, and keep its package lists', () => {
    expect(BASE_PACKAGES.filter((name) => name.includes('wireguard'))).toEqual([]);
    expect(baseScript(base)).toContain("'--skip=cleanup/apt/lists'");
    expect(baseScript(base)).toMatch(/mv -T "\$build" '\/cache\/b'\n$/);
  });

  it('key a base by image and mirror', () => {
    expect(
      new Set([baseKey('trixie', undefined), baseKey('trixie', 'http://m'), baseKey('bookworm', undefined)])
        .size,
    ).toBe(3);
  });
});

describe("the laptop's home", () => {
  it('is where OpenSSH looks for it', () => {
    expect(passwdWithHome('root:x:0:0:root:/root:/bin/bash\nops:x:0:0::/root:/bin/sh\n', '/lab/home')).toBe(
      'root:x:0:0:root:/lab/home:/bin/bash\nops:x:0:0::/root:/bin/sh\n',
    );
  });

  it('knows the hosts under the names that are connected to', () => {
    const keys = new Map([
      ['b-1', ['ssh-ed25519 B']],
      ['six', ['ssh-ed25519 S', 'ecdsa-sha2-nistp256 T']],
    ]);
    expect(knownHosts(planLab(manySites).dials, keys)).toBe(
      '[203.0.113.11]:2201,[b-1]:2201 ssh-ed25519 B\n' +
        '2001:db8:b::66,six ssh-ed25519 S\n2001:db8:b::66,six ecdsa-sha2-nistp256 T\n',
    );
  });

  it("takes nothing from the user's own agent and folders", () => {
    const env = laptopEnvironment(
      {
        PATH: '/bin',
        HOME: '/root',
        SSH_AUTH_SOCK: '/s',
        XDG_STATE_HOME: '/x',
        ZX_SHELL: 'evil',
        http_proxy: 'http://p',
      },
      new LabPaths('l'),
      { EXTRA: '1' },
    );
    expect(env).toEqual({
      PATH: '/bin',
      HOME: '/var/lib/bridgehead-lab/l/laptop',
      USER: 'root',
      LOGNAME: 'root',
      BRIDGEHEAD_LAB: 'l',
      BRIDGEHEAD_SUDO_PASSWORD_FILE: '/run/bridgehead-lab/l/sudo-password',
      EXTRA: '1',
    });
  });

  it('holds the keys that the inventory expects there, and only those', () => {
    const nodes = ['~/.ssh/id_ed25519', '~/.ssh/work', '/keys/a', 'keys/b'].map((key, index) =>
      node(`n-${index}`, { ssh: ssh('198.51.100.1', { key }) }),
    );
    expect(planKeys({ ...homeMesh, file: '/inv/x.yaml', nodes })).toEqual({
      homePaths: ['.ssh/work'],
      files: [
        { node: 'n-2', path: '/keys/a' },
        { node: 'n-3', path: '/inv/keys/b' },
      ],
    });
  });
});

describe('the proxy', () => {
  it("listens only on the host's loopback", () => {
    expect(proxyConfig(4321, 'proxy.example.net:3128').split('\n')).toEqual(
      expect.arrayContaining([
        'Listen 127.0.0.1',
        'Port 4321',
        'Allow 127.0.0.1',
        'Upstream http proxy.example.net:3128',
      ]),
    );
  });

  it.each([
    [{}, undefined],
    [{ http_proxy: '' }, undefined],
    [{ http_proxy: 'http://user:secret@proxy.example.net:8080/' }, 'proxy.example.net:8080'],
    [{ HTTP_PROXY: 'http://proxy.example.net' }, 'proxy.example.net:80'],
  ])('passes on %j as %s', (env, expected) => {
    expect(upstreamProxy(env)).toBe(expected);
  });
});
