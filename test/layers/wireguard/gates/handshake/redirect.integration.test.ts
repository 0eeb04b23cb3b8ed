import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { handshake } from '../../../../../src/layers/wireguard/gates/handshake.js';
import { describeShells, runScript } from '../../../../support/shells.js';
import { fakes } from '../fakes.js';
import { gateContext, KEYS, nodeOf, scriptOf } from '../fixture.js';

const HUB = KEYS['ctb-edge-1'] ?? '';
const CONFIG = `[Interface]
ListenPort = 51820

[Peer]
# wk-1
PublicKey = ${KEYS['wk-1']}
AllowedIPs = 172.27.15.12/32

[Peer]
# ctb-edge-1
PublicKey = ${HUB}
AllowedIPs = 172.27.15.1/32
Endpoint = 203.0.113.10:51830
`;

/** WireGuard that has learned the former port of the hub, and hears of it only once its endpoint is set. */
const WG = `folder=$(dirname "$0")
case $* in
'show wg0 latest-handshakes')
  now=$(date +%s) hub=0
  [ ! -e "$folder/set" ] || hub=$now
  printf '%s\\t%s\\n' '${HUB}' $hub '${KEYS['wk-1']}' "$(cat "$folder/other" 2>/dev/null || echo $now)" ;;
'set wg0 '*) echo "$*" >>"$folder/set" ;;
esac`;

describeShells('a peer that stays silent', (shell) => {
  const ask = (more: Readonly<Record<string, string>> = {}, patience = 2) => {
    const folder = fakes({ wg: WG, perl: '', ping: '' });
    for (const [name, text] of Object.entries({ 'wg0.conf': CONFIG, ...more }))
      writeFileSync(join(folder, name), text);
    const script = scriptOf(handshake, gateContext({}, { patience }), nodeOf('ms-1'));
    const { stdout } = runScript(shell, script.replaceAll('/etc/wireguard/', `${folder}/`), {
      path: [folder],
    });
    return { stdout, set: readFileSync(join(folder, 'set'), 'utf8').split('\n') };
  };

  it('is called where the config has it, and then answers', () => {
    const { stdout, set } = ask({}, 9);
    expect(set).toEqual([`set wg0 peer ${HUB} endpoint 203.0.113.10:51830`, '']);
    expect(stdout).toMatch(new RegExp(`^shake 0 ${HUB.replace(/[+/=]/g, '.')} [1-9]`, 'm'));
  });

  it('is left where it is if the config has no endpoint for it', () => {
    expect(new Set(ask({ other: '0' }).set)).toEqual(
      new Set([`set wg0 peer ${HUB} endpoint 203.0.113.10:51830`, '']),
    );
  });
});
