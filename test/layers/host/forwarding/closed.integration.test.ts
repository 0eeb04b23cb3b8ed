import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CLOSE_WITHOUT,
  closedNotes,
  isClosedRule,
  parseClosed,
  readClosed,
} from '../../../../src/layers/host/forwarding/closed.js';
import { forwardingRuleset } from '../../../../src/layers/wireguard/forwarding/table.js';
import { phoneHome } from '../../../fixtures/phone-home-inventory.js';
import { canMount } from '../../../support/can-mount.js';
import { describeShells, runScript } from '../../../support/shells.js';

describe('what a hub limits', () => {
  it('is marked by the table, and asked for in its head', async () => {
    const { inventory, network } = await phoneHome({}, { addresses: ['10.8.0.2', 'fd42:8::2'] });
    const ruleset = forwardingRuleset(inventory, network, 'vps');
    expect(ruleset).toContain('# closed without this table: 4 10.8.0.2\n');
    expect(ruleset).toContain('# closed without this table: 6 fd42:8::2\n');
    expect(ruleset).toContain('iifname "wg0" meta mark set meta mark | 0x10000000');
    expect(ruleset).toContain('ip6 daddr { fd42:8::2 } meta mark set meta mark | 0x10000000');
    expect(ruleset.match(/meta mark set meta mark & 0xefffffff/g)).toHaveLength(6);
  });

  it('is nothing if there are no clients', async () => {
    const { inventory, network } = await phoneHome({ clients: [] });
    expect(forwardingRuleset(inventory, network, 'vps')).not.toMatch(/mark|closed/);
    const { inventory: whole, network: own } = await phoneHome();
    expect(forwardingRuleset(whole, own, 'node-a')).not.toMatch(/mark|closed/);
  });
});

describeShells('the routing rules', (shell) => {
  // A busybox that runs its own applets knows nothing of `prohibit`.
  const iproute = runScript(shell, 'ip -V').stdout.includes('iproute2');
  const inNamespace = canMount && iproute ? it : it.skip;
  const file = join(mkdtempSync(join(tmpdir(), 'closed-')), 'wg0.nft');

  inNamespace('follow the file, and leave those of others alone', () => {
    writeFileSync(file, closedNotes(['10.8.0.2', '10.8.0.3', 'fd42:8::2']));
    const script = `set -eu
${CLOSE_WITHOUT}ip rule add pref 5000 from 10.8.0.9 iif wg0 fwmark 0/0x10000000 prohibit
ip rule add pref 5000 from 10.9.0.2 iif wg1 fwmark 0/0x10000000 prohibit
close_without wg0 ${file}; close_without wg0 ${file}
${readClosed([4, 6])}
echo ===
close_without wg0 ''
${readClosed([4, 6])}`;
    const { code, stdout, stderr } = runScript(shell, script, { under: ['unshare', '-n'] });
    expect([code, stderr]).toEqual([0, '']);
    const [before = '', after = ''] = stdout.split('===\n');
    expect([...parseClosed(before)].sort()).toEqual([
      'wg0 10.8.0.2',
      'wg0 10.8.0.3',
      'wg0 fd42:8::2',
      'wg1 10.9.0.2',
    ]);
    expect(before.trim().split('\n').every(isClosedRule)).toBe(true);
    expect([...parseClosed(after)]).toEqual(['wg1 10.9.0.2']);
    expect(isClosedRule('5000:	from 10.8.0.9 iif wg0 lookup 7')).toBe(false);
  });
});
