/** The kernel's switches, by address family. */
export const FORWARDING_KEYS = { 4: 'net.ipv4.ip_forward', 6: 'net.ipv6.conf.all.forwarding' } as const;
