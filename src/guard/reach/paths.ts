import { isReachUnit, REACH_UNITS } from './units.js';

const UNIT_FOLDER = '/etc/systemd/system';

/** Files and folders that decide whether a machine can be logged into, now or after its next boot. */
const FIXED_PATHS = [
  '/etc/NetworkManager',
  '/etc/cloud',
  '/etc/default/networking',
  '/etc/default/ssh',
  '/etc/default/ufw',
  '/etc/dhcp',
  '/etc/dhcpcd.conf',
  '/etc/firewalld',
  '/etc/fstab',
  '/etc/group',
  '/etc/gshadow',
  '/etc/hosts.allow',
  '/etc/hosts.deny',
  '/etc/iproute2',
  '/etc/iptables',
  '/etc/modprobe.d',
  '/etc/modules',
  '/etc/modules-load.d',
  '/etc/netplan',
  '/etc/network',
  '/etc/nftables',
  '/etc/nftables.conf',
  '/etc/nftables.d',
  '/etc/nsswitch.conf',
  '/etc/pam.d',
  '/etc/passwd',
  '/etc/rc.local',
  '/etc/resolv.conf',
  '/etc/security',
  '/etc/shadow',
  '/etc/ssh',
  '/etc/sudoers',
  '/etc/sudoers.d',
  '/etc/sysctl.conf',
  '/etc/sysctl.d',
  '/etc/systemd/network',
  '/etc/systemd/networkd.conf',
  '/etc/systemd/networkd.conf.d',
  `${UNIT_FOLDER}/default.target`,
  '/etc/udev/rules.d',
  '/etc/ufw',
  '/etc/wireguard',
  '/etc/wpa_supplicant',
] as const;

const unitPaths = [...REACH_UNITS, 'ssh@.service', 'sshd@.service', 'wg-quick@.service'].flatMap((unit) => [
  `${UNIT_FOLDER}/${unit}`,
  `${UNIT_FOLDER}/${unit}.d`,
]);

/**
 * The one list of what decides reach: a change of any of these is guarded, and the guard keeps all of them for a change
 * that may alter any. Not listed here is what only the machine knows: `.ssh` of every account, files that sshd's
 * configuration includes from elsewhere, the links by which these units start, and the drop-ins of enabled tunnels.
 */
export const REACH_PATHS: readonly string[] = [...FIXED_PATHS, ...unitPaths];

/** Below any folder of units: `ssh.socket.d/listen.conf`, `multi-user.target.wants/ssh.service`, `ssh.service`. */
function isOfReachUnit(path: string): boolean {
  const [, below] = /\/systemd\/system\/(.+)$/.exec(path) ?? [];
  if (below === undefined) return false;
  return below.split('/').some((part) => {
    const unit = part.replace(/\.d$/, '');
    return /\.(service|socket)$/.test(unit) && isReachUnit(unit);
  });
}

/** Whether a change of the file could lock people out of the machine. */
export function decidesReach(path: string): boolean {
  const below = REACH_PATHS.some((kept) => path === kept || path.startsWith(`${kept}/`));
  return below || isOfReachUnit(path) || path.includes('/.ssh/');
}

const SSHD_PATHS =
  /^\/etc\/(ssh\/|default\/ssh$)|\/systemd\/system\/(.*\/)?(ssh|sshd)(@[^/]*)?\.(service|socket)(\.d)?(\/|$)/;

/** Whether sshd reads the file when it starts, so that a change is brought live, and proven, by a restart of sshd. */
export function configuresSshd(path: string): boolean {
  return SSHD_PATHS.test(path);
}
