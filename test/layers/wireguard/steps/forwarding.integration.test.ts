import { createHash } from 'node:crypto';
import {
  DROP_IN_PATHS,
  dropIn,
  dropInPath,
  WIPERS,
} from '../../../../src/layers/host/forwarding/followed.js';
import {
  DOCKER_UNIT,
  dockerScript,
  FORWARDING_UNIT,
  loaderScript,
} from '../../../../src/layers/host/forwarding/unit.js';
import { RunSecrets } from '../../../../src/layers/pair-secrets.js';
import type { StepContext } from '../../../../src/layers/step.js';
import { forwardingRuleset } from '../../../../src/layers/wireguard/forwarding/table.js';
import { forwardingStep } from '../../../../src/layers/wireguard/steps/forwarding.js';
import type { Network } from '../../../../src/model/inventory.js';
import { standalone } from '../../../../src/remote/script.js';
import { phoneHome } from '../../../fixtures/phone-home-inventory.js';
import { canMount } from '../../../support/can-mount.js';
import { describeShells, runScript } from '../../../support/shells.js';
import { NO_FACTS } from '../../../support/step-context.js';

const { inventory, network } = await phoneHome();

function context(node: string, changed: Network = network): StepContext<object> {
  const found = inventory.nodes.find(({ name }) => name === node);
  if (!found) throw new Error(`no ${node}`);
  return {
    params: {},
    node: found,
    inventory: { ...inventory, networks: [changed] },
    networks: [changed],
    folder: '/',
    values: new Map(),
    secrets: new RunSecrets(),
  };
}

const TABLE = 'table inet bridgehead_wg0 {\n\tchain forward {\n\t\tdrop\n\t}\n}\n';
const RULESET = forwardingRuleset(inventory, network, 'node-a');
const LOADED = `${createHash('sha256').update(RULESET).digest('hex')}  -\n${TABLE}`;
const file = (text: string): string => `644 root root\n${text}`;

const settings = (values: Readonly<Record<string, number>>): string =>
  Object.entries(values)
    .map(([path, value]) => `/proc/sys/${path}:${value}\n`)
    .join('');
const ON = { 'net/ipv4/ip_forward': 1, 'net/ipv6/conf/all/forwarding': 0 };

/** What a gateway prints on which everything is as wanted. */
const GATEWAY: Readonly<Record<string, string>> = {
  'file /etc/bridgehead/load-forwarding': file(loaderScript('bridgehead_')),
  'file /etc/systemd/system/bridgehead-forwarding@.service': file(FORWARDING_UNIT),
  'file /etc/bridgehead/wg0.nft': file(RULESET),
  'file /etc/sysctl.d/99-bridgehead-forwarding-wg0.conf': file(
    '# Managed by Bridgehead: edits here are overwritten by the next apply.\nnet.ipv4.ip_forward = 1\n',
  ),
  'unit bridgehead-forwarding@wg0.service': 'ActiveState=active\nUnitFileState=enabled\n',
  'unit bridgehead-docker-user@wg0.service': 'ActiveState=inactive\nUnitFileState=\n',
  'table wg0': TABLE,
  'loaded wg0': LOADED,
  'drop-ins': Object.entries(WIPERS)
    .flatMap(([unit, acts]) =>
      dropIn(acts, '/etc/bridgehead/load-forwarding')
        .split('\n')
        .slice(0, -1)
        .map((line) => `${dropInPath(unit)}:${line}\n`),
    )
    .join(''),
  sysctls: settings(ON),
  advertised: '',
};
const UFW = {
  iptables: '-P FORWARD DROP\n-N ufw-user-forward\n',
  ip6tables: '-P FORWARD DROP\n-N ufw6-user-forward\n',
  ufw: 'ENABLED=yes\nIPV6=yes\nDEFAULT_FORWARD_POLICY="DROP"\nAdded user rules (see ...):\nufw allow 22/tcp\n',
};
const UFW_RULE = "ufw route allow in on wg0 to 192.168.1.0/24 comment 'bridgehead-wg0'\n";
const UFW_LINE = '-A ufw-user-forward -d 192.168.1.0/24 -i wg0 -j ACCEPT\n';
const DOCKER = { iptables: '-P FORWARD DROP\n-N DOCKER-USER\n-A DOCKER-USER -j RETURN\n' };
const DOCKER_RULES = [
  '-d 192.168.1.0/24 -i wg0 -m comment --comment bridgehead-wg0',
  '-o wg0 -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment bridgehead-wg0',
];
const DOCKER_LIVE = DOCKER_RULES.map((rule) => `-A DOCKER-USER ${rule} -j ACCEPT\n`).join('');
const DOCKER_UNITS = {
  'file /etc/bridgehead/wg0.docker-user': file(dockerScript({ 4: DOCKER_RULES, 6: [] })),
  'file /etc/systemd/system/bridgehead-docker-user@.service': file(DOCKER_UNIT),
  'unit bridgehead-docker-user@wg0.service': 'ActiveState=active\nUnitFileState=enabled\n',
};

type Sections = Readonly<Record<string, string>>;

/** As the probe prints it: units in one section, as systemd prints them, and settings in one, as grep does. */
function print(sections: Sections): string {
  const [units, others] = [true, false].map((wanted) =>
    Object.entries(sections).filter(([name]) => name.startsWith('unit ') === wanted),
  );
  const result = (units ?? []).map(([name, text]) => `Id=${name.slice('unit '.length)}\n${text}`);
  return [...(others ?? []), ['units', result.join('\n')]]
    .map(([name, text]) => `\n@@ ${name}\n${text}`)
    .join('');
}

function planOf(sections: Sections, where = context('node-a')) {
  const reply = { id: 'p', code: 0, stdout: print(sections), stderr: '' };
  return forwardingStep.plan(where, forwardingStep.probe(where).parse(reply), NO_FACTS);
}
const plan = (sections: Sections, where?: StepContext<object>): string[] =>
  planOf(sections, where).map(({ summary }) => summary);

describe('forwarding: plan of a gateway', () => {
  const without = (...keys: string[]): Sections =>
    Object.fromEntries(Object.entries(GATEWAY).filter(([key]) => !keys.includes(key)));
  const load = (why: string): string => `load table inet bridgehead_wg0: ${why}`;
  const gone = 'the live table is not the one that was loaded';

  it.each<[string, Sections, string[]]>([
    ['all is as wanted', GATEWAY, []],
    ['the table is deleted', { ...GATEWAY, 'table wg0': '' }, [load('the table is missing')]],
    ['a rule is deleted', { ...GATEWAY, 'table wg0': TABLE.replace('\t\tdrop\n', '') }, [load(gone)]],
    ['what was loaded is not known', { ...GATEWAY, 'loaded wg0': '' }, [load(gone)]],
    ['another file was loaded', { ...GATEWAY, 'loaded wg0': `00  -\n${TABLE}` }, [load('its file is newer')]],
    [
      'forwarding is off',
      { ...GATEWAY, sysctls: settings({ 'net/ipv4/ip_forward': 0 }) },
      [load('net.ipv4.ip_forward is 0')],
    ],
    [
      'the unit is off',
      {
        ...GATEWAY,
        'unit bridgehead-forwarding@wg0.service': 'ActiveState=inactive\nUnitFileState=disabled\n',
      },
      [load('it is not loaded at boot; its unit has not run')],
    ],
    [
      'the file was edited',
      { ...GATEWAY, 'file /etc/bridgehead/wg0.nft': file(`${RULESET}# x\n`) },
      ['write /etc/bridgehead/wg0.nft'],
    ],
    [
      'the loader is writable by others',
      { ...GATEWAY, 'file /etc/bridgehead/load-forwarding': `666 root root\n${loaderScript('bridgehead_')}` },
      ['write /etc/bridgehead/load-forwarding'],
    ],
    ['a file is missing', without('file /etc/bridgehead/wg0.nft'), ['write /etc/bridgehead/wg0.nft']],
    ['UFW drops', { ...GATEWAY, ...UFW }, ['ufw route allow in on wg0 to 192.168.1.0/24']],
    [
      'UFW has the rule',
      { ...GATEWAY, ...UFW, ufw: UFW.ufw + UFW_RULE, iptables: UFW.iptables + UFW_LINE },
      [],
    ],
    [
      'UFW has it from the user',
      { ...GATEWAY, ...UFW, ufw: `${UFW.ufw}ufw route allow in on wg0 to 192.168.1.0/24\n` },
      [],
    ],
    [
      'UFW has the rule, which is not in force',
      { ...GATEWAY, ...UFW, ufw: UFW.ufw + UFW_RULE },
      ['reload UFW, whose rule is not loaded: ufw route allow in on wg0 to 192.168.1.0/24'],
    ],
    [
      'UFW has a rule that is not wanted any more',
      {
        ...GATEWAY,
        ...UFW,
        ufw: `${UFW.ufw}${UFW_RULE}${UFW_RULE.replace('1.0', '7.0')}`,
        iptables: UFW.iptables + UFW_LINE,
      },
      ['ufw route delete allow in on wg0 to 192.168.7.0/24'],
    ],
    ['UFW is off', { ...GATEWAY, ...UFW, ufw: UFW.ufw.replace('=yes', '=no') }, []],
    ['UFW lets everything through', { ...GATEWAY, ...UFW, ufw: UFW.ufw.replace('"DROP"', '"ACCEPT"') }, []],
    [
      'Docker drops',
      { ...GATEWAY, ...DOCKER },
      [
        'write /etc/bridgehead/wg0.docker-user',
        'write /etc/systemd/system/bridgehead-docker-user@.service',
        `accept in DOCKER-USER, now and at boot: ${DOCKER_RULES.join('; ')}`,
      ],
    ],
    ['Docker has the rules', { ...GATEWAY, ...DOCKER_UNITS, iptables: DOCKER.iptables + DOCKER_LIVE }, []],
    [
      'Docker drops nothing any more',
      { ...GATEWAY, ...DOCKER_UNITS, iptables: `-P FORWARD ACCEPT\n-N DOCKER-USER\n${DOCKER_LIVE}` },
      [
        ...DOCKER_RULES.map((rule) => `remove from DOCKER-USER: ${rule}`),
        'remove bridgehead-docker-user@wg0.service: Docker drops nothing here',
      ],
    ],
    ['someone else’s chain drops', { ...GATEWAY, iptables: '-P FORWARD DROP\n' }, []],
  ])('%s', (_what, sections, summaries) => {
    expect(plan(sections)).toEqual(summaries);
  });

  it('shows the rule that is missing', () => {
    const [change] = planOf({ ...GATEWAY, 'table wg0': TABLE.replace('\t\tdrop\n', '') });
    expect(change?.diff).toContain('+\t\tdrop');
  });

  it('continues taking in router advertisements once it forwards IPv6', () => {
    const six = {
      ...network,
      members: network.members.map((one) => ({ ...one, addresses: [...one.addresses, 'fd42::1'] })),
    };
    const where = context('node-a', six);
    const [first] = planOf(
      {
        ...GATEWAY,
        advertised:
          'default via fe80::1 dev eth0.5 proto ra metric 1024\ndefault via fe80::1 dev off proto ra\n',
        sysctls: settings({ ...ON, 'net/ipv6/conf/eth0.5/accept_ra': 2, 'net/ipv6/conf/off/accept_ra': 0 }),
      },
      where,
    ).filter(({ diff }) => diff?.includes('accept_ra'));
    expect(first?.diff).toContain(
      '+net.ipv6.conf.eth0/5.accept_ra = 2\n net.ipv4.ip_forward = 1\n+net.ipv6.conf.all.forwarding = 1',
    );
    const noted = file(
      '# Managed by Bridgehead: edits here are overwritten by the next apply.\nnet.ipv6.conf.eth0/5.accept_ra = 2\nnet.ipv4.ip_forward = 1\nnet.ipv6.conf.all.forwarding = 1\n',
    );
    const later = {
      ...GATEWAY,
      'file /etc/sysctl.d/99-bridgehead-forwarding-wg0.conf': noted,
      sysctls: settings({
        ...ON,
        'net/ipv6/conf/all/forwarding': 1,
        'net/ipv6/conf/eth0.5/accept_ra': 1,
        'net/ipv6/conf/lo/accept_ra': 1,
      }),
    };
    const heard = settings({
      ...ON,
      'net/ipv6/conf/all/forwarding': 1,
      'net/ipv6/conf/eth0.5/accept_ra': 2,
    });
    expect(plan(later, where)).toEqual([load('eth0.5 would lose its IPv6 route: accept_ra is 1')]);
    expect(plan({ ...later, sysctls: heard }, where)).toEqual([]);
  });
});

describe('forwarding: what was on before', () => {
  const PATH = '/etc/sysctl.d/99-bridgehead-forwarding-wg0.conf';
  const NOTE = '+# on before Bridgehead: net.ipv4.ip_forward = 1';
  const unwritten: Sections = Object.fromEntries(
    Object.entries(GATEWAY).filter(([name]) => !name.endsWith(PATH) && !/^(table|loaded) wg0$/.test(name)),
  );
  const diffOf = (sections: Sections): string | undefined =>
    planOf(sections).find(({ summary }) => summary === `write ${PATH}`)?.diff;
  const other = (line: string) => `/etc/sysctl.d/99-bridgehead-forwarding-wg9.conf:${line}\n`;

  it('is noted if nothing of ours was there yet, and passed from interface to interface', () => {
    expect(diffOf(unwritten)).toContain(NOTE);
    expect(diffOf({ ...unwritten, sysctls: settings({ ...ON, 'net/ipv4/ip_forward': 0 }) })).not.toContain(
      'before B',
    );
    const ours = settings(ON) + other('net.ipv4.ip_forward = 1');
    expect(diffOf({ ...unwritten, sysctls: ours })).not.toContain('before B');
    expect(diffOf({ ...unwritten, sysctls: ours + other(NOTE.slice(1)) })).toContain(NOTE);
    expect(diffOf({ ...unwritten, 'table wg0': TABLE })).not.toContain('before B');
  });

  it('stays in the file', () => {
    const noted = file(
      `# Managed by Bridgehead: edits here are overwritten by the next apply.\n${NOTE.slice(1)}\nnet.ipv4.ip_forward = 1\n`,
    );
    expect(plan({ ...GATEWAY, [`file ${PATH}`]: noted })).toEqual([]);
  });
});

describe('forwarding: plan of a node that passes nothing on', () => {
  const spoke = context('node-a', { ...network, advertises: [] });

  it('leaves one alone that never did', () => {
    const bare = {
      'unit bridgehead-forwarding@wg0.service': '',
      'table wg0': '',
      sysctls: settings({ 'net/ipv4/ip_forward': 1 }),
    };
    expect(plan(bare, spoke)).toEqual([]);
    expect(plan({ ...bare, ...UFW, ...DOCKER }, spoke)).toEqual([]);
  });

  it('says why the kernel continues forwarding', () => {
    expect(plan({ ...GATEWAY, 'stays-on': 'wg0 interface tun0 may need it\n' }, spoke)[0]).toBe(
      "stop forwarding for wg0, and leave the kernel's forwarding on: interface tun0 may need it",
    );
  });

  it('removes everything', () => {
    const changes = planOf({ ...GATEWAY, ...UFW, ufw: UFW.ufw + UFW_RULE }, spoke);
    expect(changes.map(({ summary, disruption }) => [disruption.level, summary])).toEqual([
      ['brief', 'stop forwarding for wg0, and turn forwarding off unless something else here may need it'],
      ['none', 'ufw route delete allow in on wg0 to 192.168.1.0/24'],
      [
        'none',
        `remove ${['/etc/bridgehead/load-forwarding', '/etc/systemd/system/bridgehead-forwarding@.service', ...DROP_IN_PATHS].join(', ')}`,
      ],
    ]);
    expect(changes[0]?.script).toContain(
      "'systemctl' 'disable' '--now' '--quiet' 'bridgehead-forwarding@wg0.service' && 'nft' 'delete' 'table' 'inet' 'bridgehead_wg0' && 'rm' '-f' '/etc/bridgehead/wg0.nft' '/etc/sysctl.d/99-bridgehead-forwarding-wg0.conf'",
    );
  });
});

describeShells('forwarding: probe', (shell) => {
  const inNamespace = canMount ? it : it.skip;
  inNamespace('reads a machine that has nothing of ours, and changes nothing', () => {
    const where = context('node-a');
    const script = forwardingStep.probe(where).script;
    const reply = runScript(shell, script, { under: ['unshare', '-n'] });
    expect(reply).toMatchObject({ code: 0, stderr: '' });
    const seen = forwardingStep.probe(where).parse(reply);
    expect([...seen.files]).toEqual([]);
    expect(seen.sysctls.has('net.ipv4.ip_forward')).toBe(true);
    expect([...seen.tables]).toEqual([['wg0', {}]]);
    expect(seen.ufw.drops).toBe(false);
  });

  inNamespace('reads a table, and Docker’s chain', () => {
    const where = context('node-a');
    const setUp = `nft add table inet bridgehead_wg0; nft add chain inet bridgehead_wg0 forward
command -v iptables >/dev/null && iptables -N DOCKER-USER && iptables -P FORWARD DROP`;
    const reply = runScript(shell, `${setUp}\n${standalone(forwardingStep.probe(where).script)}`, {
      under: ['unshare', '-n'],
    });
    const seen = forwardingStep.probe(where).parse(reply);
    expect(seen.tables.get('wg0')?.live).toContain('chain forward');
    expect(seen.docker[4].drops).toBe(runScript(shell, 'command -v iptables').code === 0);
  });

  inNamespace.each<[string, string]>([
    ['loader', loaderScript('bridgehead_')],
    ['script for Docker', dockerScript({ 4: DOCKER_RULES, 6: [] })],
  ])('runs the %s only when no other is at work', (_what, script) => {
    const setUp = `mount -t tmpfs tmpfs /run && mkdir /run/bridgehead /run/bin
for tool in nft iptables; do printf '#!/bin/sh\\necho works\\n' >/run/bin/$tool; chmod 755 /run/bin/$tool; done
PATH=/run/bin:$PATH
flock /run/bridgehead/loading sh -c 'echo held; sleep 1; echo released' &
until flock -n /run/bridgehead/loading true; [ $? != 0 ]; do :; done
set -- wg0`;
    const { stdout } = runScript(shell, `${setUp}\n( ${script.replace(/^#!.*\n/, '')} )\nwait`, {
      under: ['unshare', '-m', '-n'],
    });
    expect(stdout).toMatch(/^held\nreleased\nworks\n/);
  });
});
