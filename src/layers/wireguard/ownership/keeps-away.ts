/** The files by which we keep another program away from an interface that wg-quick makes, by the program. */
export const KEEPS_AWAY = {
  networkd: (interfaceName: string): string => `/etc/systemd/network/00-bridgehead-${interfaceName}.network`,
  NetworkManager: (interfaceName: string): string =>
    `/etc/NetworkManager/conf.d/zz-bridgehead-${interfaceName}.conf`,
} as const;
