/** `*.example.com` as a regular expression: any one label, then the rest. */
const wildcardPattern = (host: string): string => `^[^.]+${host.slice(1).replaceAll('.', '\\.')}$`;

function anyOf(hosts: readonly string[], exact: string, pattern: string): string {
  return hosts
    .map((host) =>
      host.startsWith('*.') ? `${pattern}(\`${wildcardPattern(host)}\`)` : `${exact}(\`${host}\`)`,
    )
    .join(' || ');
}

export const hostRule = (hosts: readonly string[]): string => anyOf(hosts, 'Host', 'HostRegexp');
export const sniRule = (hosts: readonly string[]): string => anyOf(hosts, 'HostSNI', 'HostSNIRegexp');
