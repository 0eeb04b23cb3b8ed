import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from '../../../src/core/secret.js';
import type { Happening, LabScene } from './scene.js';

/** The example's machines; its network is in the way of nothing until it is applied. */
export const MACHINES = readFileSync('inventory/phone-home.yaml', 'utf8');

const NETWORK = { 'inventory/phone-home.yaml': MACHINES };

/** Gives a configuration to the lab's phone, as if it had scanned the code, and opens the page that it wants. */
const opensThePage =
  (conf: string) =>
  async ({ lab, folder }: Happening): Promise<void> => {
    const phone = lab.client('phone');
    await phone.up(new Secret(readFileSync(join(folder, conf), 'utf8')));
    const page = await phone.fetch('http://192.168.1.100:3000', { timeoutMs: 20_000 });
    expect(page.text).toContain('this is lan-1 in home; you came from 192.168.1.10');
  };

/** Commands for a hub, a home behind it and a phone, in the order in which one lab can play them. */
export const HUB: readonly LabScene[] = [
  {
    of: 'docs/tutorials/phone.md',
    files: { '~/.gitconfig': '[user]\n  name = Reader\n  email = reader@example.org\n' },
    answers: {
      'bridgehead provision': [
        [/Which machines\?/, 'Enter'],
        [/Is that right\?/, 'Enter'],
        [/Name of the inventory\?/, 'phone-home', 'Enter'],
        [/Phones or laptops/, 'phone', 'Enter'],
        [/reach its LAN\?/, 'Enter'],
        [/own range\?/, 'Enter'],
        [/UDP port\?/, 'Enter'],
        [/Apply this to the real machines\?/, 'y', 'Enter'],
      ],
    },
    after: { 'bridgehead client add notebook --conf notebook.conf': opensThePage('notebook.conf') },
  },
  { of: 'README.md#Phones and a routed home', files: NETWORK },
  {
    of: 'docs/clients.md',
    setup:
      'cp inventory/phone-home.yaml inventory.yaml && bridgehead client rekey phone --conf phone.conf --yes',
  },
  {
    of: 'docs/lab.md#Clients',
    isOnHost: true,
    before: {
      'bridgehead lab run -i inventory/phone-home.yaml --at phone -- curl http://192.168.1.100:3000':
        opensThePage('phone-new.conf'),
    },
  },
  {
    of: 'docs/commands.md#renumber',
    files: { 'inventory.yaml': MACHINES },
    setup: 'bridgehead apply --yes',
  },
];
