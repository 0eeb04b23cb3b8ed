import foreignRouting from './foreign-routing.sh';

const MARK = '@foreign ';
const SHOWN = 3;

const isNetworkd = (unit: string): boolean => /^systemd-networkd(\.service)?$/.test(unit);

/** Asked after the probe of a unit that may remove others' rules and routes when it starts. */
export function foreignRoutingProbe(unit: string): string {
  return isNetworkd(unit) ? `\n${foreignRouting}` : '';
}

/** Rules and routes that systemd-networkd may remove when it starts, each as `ip` writes it. */
export function parseForeignRouting(stdout: string): readonly string[] {
  return stdout
    .split('\n')
    .flatMap((line) => (line.startsWith(MARK) ? [line.slice(MARK.length).trim()] : []));
}

/** What a plan says about them; undefined if there are none. */
export function foreignRoutingDetail(foreign: readonly string[]): string | undefined {
  if (foreign.length === 0) return undefined;
  const more = foreign.length > SHOWN ? ` and ${foreign.length - SHOWN} more` : '';
  const settings = [
    ...(foreign.some((one) => one.startsWith('rule ')) ? ['ManageForeignRoutingPolicyRules=no'] : []),
    ...(foreign.some((one) => one.startsWith('route ')) ? ['ManageForeignRoutes=no'] : []),
  ];
  return `may remove what others made: ${foreign.slice(0, SHOWN).join('; ')}${more} (${settings.join(' and ')} in /etc/systemd/networkd.conf keeps them)`;
}
