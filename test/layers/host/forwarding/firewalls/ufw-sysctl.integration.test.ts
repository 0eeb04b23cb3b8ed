import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  parseUfwSettings,
  planUfwSettings,
  planUfwSettingsBack,
  settingOf,
} from '../../../../../src/layers/host/forwarding/firewalls/ufw-sysctl.js';
import { describeShells, runScript } from '../../../../support/shells.js';

const KEYS = ['net.ipv4.ip_forward', 'net.ipv6.conf.all.forwarding'];
const OWN = `# a comment on forwarding
net/ipv4/ip_forward=0
#net/ipv6/conf/all/forwarding=1
 net.ipv6.conf.all.forwarding = 0
net/ipv6/conf/default/forwarding=0
net/ipv4/conf/all/accept_redirects=0
`;
const file = join(mkdtempSync(join(tmpdir(), 'ufw-')), 'sysctl.conf');
const seen = () =>
  parseUfwSettings(
    [
      file,
      ...readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line.includes('forward')),
    ].join('\n'),
  );

describeShells('UFW’s file', (shell) => {
  it('sets in UFW’s file what UFW would turn off, and gives it back', () => {
    writeFileSync(file, OWN);
    const [change, ...others] = planUfwSettings(KEYS, seen());
    expect(others).toEqual([]);
    expect(change?.summary).toContain('net/ipv4/ip_forward=1, net/ipv6/conf/all/forwarding=1');
    expect(runScript(shell, change?.script ?? 'false').code).toBe(0);
    const settings = readFileSync(file, 'utf8').split('\n').map(settingOf);
    expect(settings.filter((one) => one && KEYS.includes(one.key)).map((one) => one?.value)).toEqual([
      '1',
      '1',
    ]);
    expect(planUfwSettings(KEYS, seen())).toEqual([]);
    const [back] = planUfwSettingsBack(seen());
    expect(runScript(shell, back?.script ?? 'false').code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(OWN);
    expect(planUfwSettingsBack(seen())).toEqual([]);
  });
});

it.each([
  ['forwarding in IPv4 alone', ['net.ipv4.ip_forward'], 'net/ipv6/conf/all/forwarding=0'],
  ['a value that is right', KEYS, 'net/ipv4/ip_forward=1'],
  ['a comment', KEYS, '#net/ipv4/ip_forward=0'],
])('leaves %s alone', (_what, keys, line) => {
  expect(planUfwSettings(keys, { path: '/etc/ufw/sysctl.conf', lines: [line] })).toEqual([]);
});

it('has nothing to do where UFW is not installed', () => {
  expect(parseUfwSettings('')).toBeUndefined();
  expect(planUfwSettings(KEYS, undefined)).toEqual([]);
});
