import { parseRuleset, parseSaved } from '../../../src/facts/firewall/ruleset.js';
import type { UfwRule, UfwState } from '../../../src/facts/firewall/ufw.js';
import type { SeenFirewall } from '../../../src/layers/firewall/probe/seen.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { resolve, SOUND } from '../../inventory/support.js';

/** The inventory of those rules; `edge` and machines at home, in one mesh. */
export const ruled = (...rules: readonly string[]): Inventory =>
  resolve(`${SOUND}firewall:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`).inventory;

/** A machine with nothing on it, logged into from the internet. */
export const CLEAN: SeenFirewall = {
  login: { from: '203.0.113.77', to: '198.51.100.10', port: 22, device: 'eth0' },
  sshPorts: [22],
  uplinks: [],
  hasNft: true,
  own: { files: new Map(), enabled: false, active: false, loaded: [], passes: [] },
  rules: { type: 'absent' },
  tables: [],
};

export const nft = (text: string): Pick<SeenFirewall, 'tables'> => ({
  tables: parseRuleset(text.split('\n')),
});
export const iptables = (text: string, family: 'ip' | 'ip6' = 'ip'): Pick<SeenFirewall, 'tables'> => ({
  tables: parseSaved(['*filter', ...text.split('\n')], family),
});

export const rule = (changes: Partial<UfwRule> = {}): UfwRule => ({
  family: 4,
  action: 'allow',
  protocol: 'tcp',
  port: '22',
  to: '0.0.0.0/0',
  from: '0.0.0.0/0',
  fromPort: 'any',
  ...changes,
});

/** The same rule in both families. */
export const both = (changes: Partial<UfwRule> = {}): UfwRule[] => [
  rule(changes),
  rule({ ...changes, family: 6, to: '::/0', from: '::/0' }),
];

/** UFW that is on. */
export const ufw = (changes: Partial<UfwState> = {}): Pick<SeenFirewall, 'ufw'> => ({
  ufw: { enabled: true, ipv6: true, closes: true, rules: both(), loaded: new Set([4, 6]), ...changes },
});
