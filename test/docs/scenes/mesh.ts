import { readFileSync } from 'node:fs';
import { blocksIn } from '../blocks.js';
import type { LabScene } from './scene.js';

const EXAMPLE = readFileSync('inventory/home-mesh.yaml', 'utf8');

/** The example's machines, and one more that has no tunnel. */
export const MACHINES = EXAMPLE.replace(
  '\nnetworks:',
  '  wk-3:\n    site: home\n    lan: 192.168.15.5\n    ssh: { user: root }\n\nnetworks:',
);

const NETWORK = {
  'inventory.yaml': EXAMPLE,
};

/** As the page says: a copy of the built-in one with its own phase at the end. */
const OWN_PLAYBOOK = `${readFileSync('playbooks/mesh.yaml', 'utf8').trimEnd()}\n${blocksIn(
  'docs/playbooks.md',
)
  .filter(({ heading, language }) => heading === 'Writing your own' && language === 'yaml')
  .flatMap(({ lines }) => lines)
  .join('\n')}\n`;

const HOSTS = `Host ctb-edge-1
  HostName 198.51.100.25
  User root
Host ms-1
  HostName 192.168.15.2
  User ops
Host wk-1
  HostName 192.168.15.3
  User ops
Host wk-2
  HostName 192.168.15.4
  User root
`;

/** Commands for the machines of a mesh, in the order in which one lab can play them. */
export const MESH: readonly LabScene[] = [
  { of: 'docs/lab.md#The lab', isOnHost: true },
  {
    of: 'README.md#Set up by questions',
    files: { '~/.ssh/config': HOSTS },
    answers: {
      'bridgehead provision': [
        [/Which machines\?/, 'Enter'],
        [/Is that right\?/, 'Enter'],
        [/Name of the inventory\?/, 'Enter'],
        [/Phones or laptops/, 'Enter'],
        [/How do they connect\?/, 'Enter'],
        [/own range\?/, 'Enter'],
        [/UDP port\?/, 'Enter'],
        [/Port forwards in the router/, 'Enter'],
        // The tutorial's network is to be the first.
        [/Apply this to the real machines\?/, 'n', 'Enter'],
      ],
    },
  },
  {
    of: 'docs/tutorials/mesh.md',
    files: { '~/.gitconfig': '[user]\n  name = Reader\n  email = reader@example.org\n' },
    before: {
      'bridgehead check @ 1': ({ lab }) => lab.router('home').removeForward('udp', 51821),
      'bridgehead check @ 2': ({ lab }) => lab.router('home').restoreForwards(),
    },
  },
  { of: 'README.md#The commands', files: NETWORK },
  {
    of: 'README.md#Resuming after a STOP',
    files: NETWORK,
    before: {
      'bridgehead apply --resume': async ({ lab, shell }) => {
        await lab.router('home').removeForward('udp', 51821);
        expect((await shell('bridgehead apply')).exit).toBe(3);
        await lab.router('home').restoreForwards();
      },
    },
    after: {
      'bridgehead apply --resume': async ({ shown }) => expect(shown).toMatch(/verify.*GO/),
    },
  },
  { of: 'README.md#In CI', files: NETWORK },
  { of: 'docs/ci.md', files: NETWORK },
  // After that: it has left network.jsonl.
  { of: 'docs/reports.md', files: NETWORK },
  { of: 'docs/playbooks.md', files: { 'inventory/home-mesh.yaml': EXAMPLE, 'my-mesh.yaml': OWN_PLAYBOOK } },
  { of: 'docs/lab.md#On other machines', isOnHost: true },
  { of: 'docs/lab.md#Power', isOnHost: true },
  { of: 'docs/lab.md#Taking it down', isOnHost: true },
];
