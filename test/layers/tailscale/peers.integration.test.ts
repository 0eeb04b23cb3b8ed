import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tailscalePeers } from '../../../src/layers/tailscale/gates/peers.js';
import { describeShells, runScript } from '../../support/shells.js';
import { verdictOn } from '../../support/verdict-on.js';
import { nodeOf } from './fixture.js';
import { context } from './gate-context.js';

/** Answers as tailscale 1.102 and ping of iputils do: on a LAN a ping takes `0s`. */
const TAILSCALE = `#!/bin/sh
case "$*" in
  *100.64.0.2) echo 'pong from wk-1 (100.64.0.2) via DERP(lab) in 31ms'; echo 'pong from wk-1 (100.64.0.2) via 192.168.15.3:41641 in 0s' ;;
  *100.64.0.3) echo 'pong from wk-2 (100.64.0.3) via DERP(lab) in 1.2s'; echo 'direct connection not established' >&2; exit 1 ;;
  netcheck*) printf '{\\n  "UDP": false,\\n  "MappingVariesByDestIP": null\\n}\\n' ;;
esac
`;
const PING = `#!/bin/sh
for address; do :; done
echo "64 bytes from $address: icmp_seq=1 ttl=64 time=0.041 ms"
`;

describeShells('tailscale-peers', (shell) => {
  it('reads the way that packets take now from what tailscale prints', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bridgehead-peers-'));
    try {
      writeFileSync(join(folder, 'tailscale'), TAILSCALE, { mode: 0o755 });
      writeFileSync(join(folder, 'ping'), PING, { mode: 0o755 });
      const asked = context({}, ['edge']);
      const probe = tailscalePeers.probe(asked, nodeOf('edge'));
      if (!('script' in probe)) throw new TypeError('it sends packets by a program');
      const { stdout } = runScript(shell, probe.script, { path: [folder] });
      expect(stdout.split('\n').sort()).toEqual(
        expect.arrayContaining([
          'peer 0 0.041 192.168.15.3:41641',
          'peer 1 0.041 DERP(lab)',
          'netcheck UDP false',
        ]),
      );
      const { findings } = verdictOn(
        tailscalePeers,
        asked,
        new Map([['edge', { id: 'x', code: 0, stdout, stderr: '' }]]),
      );
      expect(findings).toEqual([expect.objectContaining({ go: false, seen: 'tailscaled does not run' })]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
