import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import type { Lab } from '../../../../src/lab/index.js';
import { aptInstall } from '../apt.js';
import { exec } from '../bridgehead.js';

/** Clients beside the phone: one that may reach a single machine, one that sends everything through the hub. */
const MORE = {
  tablet: { address: '10.8.0.4', reach: 'lan-1' },
  notebook: { address: '10.8.0.5', tunnel: 'full', dns: '1.1.1.1' },
};

/** Writes the phone's network under another name, with more clients, into a folder. */
export function writePhoneHome(folder: string, name: string): string {
  const document = parseDocument(readFileSync('inventory/phone-home.yaml', 'utf8'));
  document.set('name', name);
  for (const [client, settings] of Object.entries(MORE)) {
    document.setIn(['networks', 'home', 'clients', client], document.createNode(settings));
  }
  const file = join(folder, 'phone-home.yaml');
  writeFileSync(file, document.toString());
  return file;
}

export interface Session {
  readonly handshake: number;
  readonly received: number;
  readonly sent: number;
}

/** The hub's sessions with its peers, by public key. */
export async function sessions(lab: Lab, hub: string): Promise<ReadonlyMap<string, Session>> {
  const [, ...peers] = (await exec(lab, hub, 'wg show wg0 dump')).split('\n');
  return new Map(
    peers.map((line) => {
      const [key = '', , , , handshake, received, sent] = line.split('\t');
      return [key, { handshake: Number(handshake), received: Number(received), sent: Number(sent) }];
    }),
  );
}

/** What Docker leaves in a machine's firewall: forwarded packets are dropped, but for what DOCKER-USER lets through. */
export const DOCKER = `command -v iptables >/dev/null || ${aptInstall('iptables')}
iptables -N DOCKER-USER
iptables -A DOCKER-USER -j RETURN
iptables -A FORWARD -j DOCKER-USER
iptables -P FORWARD DROP`;
