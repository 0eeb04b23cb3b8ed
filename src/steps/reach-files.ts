/** Files and folders that decide whether a node can be logged into, now or after its next boot. */
const FILES_OF_REACH = [
  '/etc/firewalld',
  '/etc/group',
  '/etc/hosts.allow',
  '/etc/hosts.deny',
  '/etc/iproute2',
  '/etc/iptables',
  '/etc/netplan',
  '/etc/network',
  '/etc/nftables',
  '/etc/nftables.conf',
  '/etc/nftables.d',
  '/etc/nsswitch.conf',
  '/etc/NetworkManager',
  '/etc/pam.d',
  '/etc/passwd',
  '/etc/security',
  '/etc/shadow',
  '/etc/ssh',
  '/etc/sudoers',
  '/etc/sudoers.d',
  '/etc/sysctl.conf',
  '/etc/sysctl.d',
  '/etc/systemd/network',
  '/etc/ufw',
  '/etc/wireguard',
] as const;

/** Whether a change of the file could lock people out of the node. */
export function decidesReach(path: string): boolean {
  const below = FILES_OF_REACH.some((file) => path === file || path.startsWith(`${file}/`));
  return below || path.includes('/.ssh/');
}
