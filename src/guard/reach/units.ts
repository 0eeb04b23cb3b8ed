/** Units that let people log in. */
export const SSH_UNITS = ['ssh.service', 'sshd.service', 'ssh.socket', 'sshd.socket'] as const;

/** Units that bring up a machine's network at boot. */
export const NETWORK_MANAGERS = [
  'networking.service',
  'systemd-networkd.service',
  'NetworkManager.service',
  'dhcpcd.service',
  'connman.service',
] as const;

/** Units that load a firewall at boot. */
const FIREWALLS = ['nftables.service', 'ufw.service', 'firewalld.service', 'netfilter-persistent.service'];

/** Every unit that decides, by running or by its start at boot, whether a machine can be logged into. */
export const REACH_UNITS: readonly string[] = [...SSH_UNITS, ...NETWORK_MANAGERS, ...FIREWALLS];

const TEMPLATES = /^(ssh|sshd|wg-quick|ifup|dhcpcd|wpa_supplicant)@/;

/** Whether starting, stopping, enabling or disabling the unit could lock people out, now or at the next boot. */
export function isReachUnit(unit: string): boolean {
  const full = /\.[a-z]+$/.test(unit) ? unit : `${unit}.service`;
  return REACH_UNITS.includes(full) || TEMPLATES.test(full);
}
