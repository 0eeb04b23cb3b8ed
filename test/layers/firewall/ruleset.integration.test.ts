import { spawnSync } from 'node:child_process';
import { firewallQuestion } from '../../../src/layers/firewall/probe/seen.js';
import { rulesetText } from '../../../src/layers/firewall/table/ruleset.js';
import type { Opening } from '../../../src/model/inventory.js';
import { canMount } from '../../support/can-mount.js';
import { describeShells, runScript } from '../../support/shells.js';

const OPENINGS: readonly Opening[] = [
  { node: 'a', protocol: 'tcp', port: 22, isSsh: true, sources: 'anyone', because: 'login over SSH' },
  { node: 'a', protocol: 'udp', port: 51820, sources: 'anyone', because: 'network mesh' },
  {
    node: 'a',
    protocol: 'tcp',
    port: 8000,
    toPort: 8010,
    sources: ['10.0.0.0/8', 'fd00::/8', '198.51.100.7/32'],
    interface: 'wg0',
    because: 'firewall[0]',
  },
];

const ruleset = (closesInput: boolean): string =>
  rulesetText({
    inventory: 'home',
    openings: OPENINGS,
    closesInput,
    passes: [],
    uplinks: [],
    strays: closesInput ? [] : OPENINGS.filter((one) => one.interface !== undefined),
  });

(canMount ? describe : describe.skip)('nft', () => {
  it.each([true, false])('takes the table, which replaces itself; incoming packets in it: %s', (closes) => {
    const script = `nft -f - <<'END' && nft -s list table inet bridgehead_firewall\n${ruleset(true)}${ruleset(closes)}END`;
    const { stdout, stderr, status } = spawnSync('unshare', ['-n', 'sh', '-c', script], { encoding: 'utf8' });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout.match(/chain (\w+)/g)).toEqual([
      'chain inside',
      closes ? 'chain input' : 'chain elsewhere',
      'chain published',
      'chain forward',
    ]);
    expect(stdout).toContain(
      'iifname "wg0" ip saddr { 10.0.0.0/8, 198.51.100.7 } meta l4proto tcp ct original proto-dst 8000-8010 accept',
    );
    expect(stdout).toContain('type filter hook forward priority filter - 1; policy accept;');
  });
});

describeShells('the question', (shell) => {
  it('is answered by a machine with nothing of it', () => {
    const { script, parse } = firewallQuestion();
    const reply = runScript(shell, script);
    expect(reply.code).toBe(0);
    const seen = parse(reply);
    expect(seen.own).toMatchObject({ enabled: false, active: false, loaded: [] });
    expect(seen.rules).toEqual({ type: 'absent' });
    expect(seen.firewalld).toBeUndefined();
  });
});
