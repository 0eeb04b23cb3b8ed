import { configuresSshd, decidesReach, isReachUnit } from '../../../src/guard/index.js';
import { REACH_PATHS } from '../../../src/guard/reach/paths.js';
import { GUARD_SCRIPT } from '../../../src/guard/revert/index.js';

describe('what decides whether a machine can be logged into', () => {
  it.each([
    '/etc/ssh/sshd_config.d/50-x.conf',
    '/etc/default/ssh',
    '/etc/systemd/system/ssh.socket.d/listen.conf',
    '/etc/systemd/system/sshd@.service.d/x.conf',
    '/etc/systemd/system/ssh.service',
    '/etc/systemd/system/multi-user.target.wants/ssh.service',
    '/usr/local/lib/systemd/system/systemd-networkd.service.d/x.conf',
    '/etc/systemd/system/wg-quick@wg0.service.d/x.conf',
    '/etc/systemd/system/default.target',
    '/etc/NetworkManager/system-connections/home.nmconnection',
    '/etc/netplan/50-cloud-init.yaml',
    '/etc/fstab',
    '/home/ops/.ssh/authorized_keys',
    '/etc/shadow',
  ])('%s does', (path) => {
    expect(decidesReach(path)).toBe(true);
  });

  it.each([
    '/etc/motd',
    '/etc/sshx',
    '/etc/systemd/system/demo.service',
    '/etc/systemd/system/demo.service.d/ssh.conf',
    '/etc/passwd-',
    '/opt/ssh.service',
  ])('%s does not', (path) => {
    expect(decidesReach(path)).toBe(false);
  });

  it('is kept completely by the guard: the one list is in its script', () => {
    const kept = GUARD_SCRIPT.split('\n').find((line) => line.startsWith('reach_paths='));
    expect(kept).toBe(`reach_paths='${REACH_PATHS.join(' ')}'`);
  });

  it.each(['ssh', 'ssh.socket', 'sshd.service', 'NetworkManager', 'wg-quick@wg0', 'nftables.service'])(
    'the unit %s does',
    (unit) => {
      expect(isReachUnit(unit)).toBe(true);
    },
  );
  it.each(['cron', 'ssh.timer', 'demo@ssh.service', 'docker.service'])('the unit %s does not', (unit) => {
    expect(isReachUnit(unit)).toBe(false);
  });

  it.each([
    ['/etc/ssh/sshd_config', true],
    ['/etc/ssh/ssh_host_ed25519_key', true],
    ['/etc/systemd/system/ssh.socket.d/listen.conf', true],
    ['/etc/systemd/system/sshd.service', true],
    ['/etc/systemd/system/multi-user.target.wants/ssh.service', true],
    ['/etc/systemd/system/nftables.service', false],
    ['/etc/default/ufw', false],
  ])('sshd reads %s when it starts: %s', (path, reads) => {
    expect(configuresSshd(path)).toBe(reads);
  });
});
