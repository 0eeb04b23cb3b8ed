import type { FirewalldState, FirewalldZone } from '../../../src/facts/firewall/firewalld.js';
import type { SeenFirewall } from '../../../src/layers/firewall/probe/seen.js';
import type { Change } from '../../../src/layers/step.js';

export const zone = (name: string, changes: Partial<FirewalldZone> = {}): FirewalldZone => ({
  name,
  target: 'default',
  interfaces: [],
  sources: [],
  services: [],
  ports: [],
  rules: [],
  ...changes,
});

/** firewalld as Debian brings it, live and permanently the same unless the changes say otherwise. */
export function firewalldState(
  zones: readonly FirewalldZone[] = [
    zone('public', { services: ['dhcpv6-client', 'ssh'] }),
    zone('trusted', { target: 'ACCEPT' }),
  ],
  changes: Partial<FirewalldState> = {},
): FirewalldState {
  return {
    running: true,
    enabled: true,
    iptables: false,
    loaded: true,
    defaultZone: 'public',
    live: zones,
    permanent: zones,
    ...changes,
  };
}

export const firewalld = (
  zones?: readonly FirewalldZone[],
  changes?: Partial<FirewalldState>,
): Pick<SeenFirewall, 'firewalld'> => ({ firewalld: firewalldState(zones, changes) });

const CALL =
  /'firewall-(offline-)?cmd'((?: '--permanent')?) '--zone=([\w-]+)'((?: '--(?:add|remove)-rich-rule=[^']*')+) >\/dev\/null/g;

function called(zones: readonly FirewalldZone[], name: string, options: string): FirewalldZone[] {
  if (!zones.some((one) => one.name === name)) throw new Error(`INVALID_ZONE: ${name}`);
  return zones.map((one) => {
    if (one.name !== name) return one;
    const rules = [...one.rules];
    for (const [, verb, rule = ''] of options.matchAll(/--(add|remove)-rich-rule=([^']*)/g)) {
      const place = rules.indexOf(rule);
      if (verb === 'add' && place < 0) rules.push(rule);
      if (verb === 'remove' && place >= 0) rules.splice(place, 1);
    }
    return { ...one, rules };
  });
}

/** The states that firewalld goes through as changes are made, from the one that it is in. */
export function statesOf(state: FirewalldState, changes: readonly Change[]): FirewalldState[] {
  const states = [state];
  for (const { script } of changes) {
    if (script === 'firewall-cmd --reload >/dev/null') {
      const last = states.at(-1) ?? state;
      states.push({ ...last, live: last.permanent, loaded: true });
      continue;
    }
    const calls = [...script.matchAll(CALL)];
    const rest = calls.reduce((text, [call]) => text.replace(call, ''), script);
    if (calls.length === 0 || !/^[ &]*$/.test(rest)) throw new Error(`not understood: ${script}`);
    for (const [, offline, permanent, name = '', options = ''] of calls) {
      const last = states.at(-1) ?? state;
      if ((offline === undefined) !== last.running) throw new Error('NOT_RUNNING, or it runs');
      const key = permanent === '' && offline === undefined ? 'live' : 'permanent';
      if (key === 'live' && !last.loaded) throw new Error('COMMAND_FAILED: no such chain');
      states.push({ ...last, [key]: called(last[key], name, options) });
    }
  }
  return states;
}
