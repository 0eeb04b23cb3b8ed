import type { Lab } from '../../../../src/lab/index.js';
import { exec } from '../bridgehead.js';
import { bringUp, makeKey } from './by-hand.js';

/** As the guide has it: a hub that lets phones out, and a gateway at home whose tunnel has a name of its own. */
export async function setUpHome(lab: Lab, phone: string): Promise<void> {
  const keys = { vps: await makeKey(lab, 'vps'), home: await makeKey(lab, 'node-a', 'wg0-home') };
  await bringUp(lab, 'vps', {
    address: '10.8.0.1/24',
    port: 51820,
    lines: [
      'PostUp   = iptables -t nat -A POSTROUTING -o host0 -j MASQUERADE',
      'PostDown = iptables -t nat -D POSTROUTING -o host0 -j MASQUERADE',
    ],
    peers: [
      { before: '# Mobile client', publicKey: phone, allowedIps: '10.8.0.2/32' },
      { before: '# Home Cluster (Node-A)', publicKey: keys.home, allowedIps: '10.8.0.3/32, 192.168.1.0/24' },
    ],
  });
  const hub = {
    publicKey: keys.vps,
    endpoint: '198.51.100.8:51820',
    allowedIps: '10.8.0.0/24',
    keepalive: 25,
  };
  await bringUp(lab, 'node-a', { address: '10.8.0.3/24', peers: [hub] }, 'wg0-home');
  await exec(lab, 'vps', 'sysctl -q -w net.ipv4.ip_forward=1');
}
