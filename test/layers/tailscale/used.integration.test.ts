import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { USES, useText } from '../../../src/layers/tailscale/range/used.js';
import { describeShells, runScript } from '../../support/shells.js';

describeShells("who uses the tailnet's range", (shell) => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-used-'));
    writeFileSync(join(folder, 'ip'), '#!/bin/sh\n', { mode: 0o755 });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const usesWith = (ruleset: string): readonly string[] => {
    writeFileSync(join(folder, 'nft'), `#!/bin/sh\ncat <<'END'\n${ruleset}END\n`, { mode: 0o755 });
    return USES.parse(runScript(shell, USES.script, { path: [folder] }))
      .map(useText)
      .filter((text) => text.startsWith('a firewall rule'));
  };
  const table = (name: string, rule: string): string =>
    `table inet ${name} {\n\tchain input {\n\t\t${rule}\n\t}\n}\n`;

  it('is said of rules that others have for it', () => {
    expect(usesWith(table('lb', 'ip daddr 100.72.0.0/16 accept'))).toEqual([
      'a firewall rule or a load balancer: ip daddr 100.72.0.0/16 accept',
    ]);
  });

  it("is not said of Bridgehead's own, nor of rules for the tailnet's link", () => {
    const own = table(
      'bridgehead_firewall',
      'iifname "tailscale0" ip saddr { 100.64.0.0/10 } tcp dport 22 accept',
    );
    const apps = table(
      'bridgehead_apps',
      'ip saddr { 100.64.0.1 } ip daddr 100.64.0.2 tcp dport 26119 dnat ip to 192.168.1.20:8096',
    );
    const ufw = table('filter', 'iifname "tailscale0" ip saddr 100.64.0.0/10 tcp dport 22 accept');
    expect(usesWith(`${own}${apps}${ufw}`)).toEqual([]);
    expect(usesWith(`${own}${table('lb', 'ip daddr 100.72.0.1 accept')}`)).toHaveLength(1);
  });
});
