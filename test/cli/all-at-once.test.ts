import { join } from 'node:path';
import { EXIT } from '../../src/core/errors.js';
import { SOUND } from '../inventory/support.js';
import { cli, folderWith } from './helpers.js';

/** A hub's playbook for the mesh of `SOUND`, in which a step is misspelt. */
const PLAYBOOK = `name: p
phases:
  - name: one
    steps:
      - on: wk-11
        wireguard-keys:
      - on: role:wroker
        wiregard: { network: mesh }
      - on: [all, hub]
        wireguard: { network: mehs }
      - on: { node: wk-1 }
        wireguard: { network: mehs }
  - nmae: two
    gates:
      - on: site:hoem
        keys:
`;

/** The places and first words of what a command finds wrong with these files. */
async function problemsOf(command: string, inventory: string, playbook: string): Promise<string[]> {
  const folder = folderWith({ 'i.yaml': inventory, 'p.yaml': playbook });
  const [i, p] = [join(folder, 'i.yaml'), join(folder, 'p.yaml')];
  const { code, stdout, stderr } = await cli([command, '-i', i, '-p', p], folder);
  expect([code, stdout]).toEqual([EXIT.badInput, '']);
  const lines = stderr.replaceAll(`${folder}/`, '').split('\n');
  return lines.filter((line) => /^[ip]\.yaml/.test(line)).map((line) => line.split(';')[0] ?? '');
}

const OWN = [
  'p.yaml:8:9  phases[0].steps[1].wiregard: unknown key',
  'p.yaml:11:13  phases[0].steps[3].on: {"node":"wk-1"} is not in any allowed form',
  'p.yaml:13:5  phases[1].nmae: unknown key',
];

describe.each(['validate', 'plan'])('%s', (command) => {
  it('reports what only shows on the nodes together with what is wrong with the playbook', async () => {
    expect(await problemsOf(command, SOUND, PLAYBOOK)).toEqual([
      'p.yaml:5:13  one.step-1.on: "wk-11" selects no node',
      'p.yaml:7:13  one.step-2.on: "role:wroker" selects no node',
      OWN[0],
      'p.yaml:9:9  one.step-3: unknown network "mehs" (did you mean "mesh"?)',
      'p.yaml:9:19  one.step-3.on: "hub" selects no node: no network has shape: hub',
      OWN[1],
      OWN[2],
      'p.yaml:15:13  phases[1].gate-1.on: "site:hoem" selects no node',
    ]);
  });

  it('and with what is wrong with the inventory, if that has nothing to do with it', async () => {
    const broken = SOUND.replace('public: 198.51.100.25', 'public: 10.0');
    expect(await problemsOf(command, broken, PLAYBOOK)).toEqual([
      'i.yaml:11:19  nodes.edge.public: must be text or a list',
      'p.yaml:5:13  one.step-1.on: "wk-11" selects no node',
      'p.yaml:7:13  one.step-2.on: "role:wroker" selects no node',
      OWN[0],
      'p.yaml:9:9  one.step-3: unknown network "mehs" (did you mean "mesh"?)',
      OWN[1],
      OWN[2],
      'p.yaml:15:13  phases[1].gate-1.on: "site:hoem" selects no node',
    ]);
  });

  it.each([
    ['nodes', '  wk-2: {', '  wk-2: 5 #'],
    ['places of nodes', 'wk-2: { site: home', 'wk-2: { site: hme'],
  ])('but not if that is wrong with the %s', async (_what, piece, by) => {
    const problems = await problemsOf(command, SOUND.replace(piece, by), PLAYBOOK);
    expect(problems.filter((line) => line.includes('selects no node'))).toEqual([]);
    expect(problems).toEqual(expect.arrayContaining(OWN));
  });

  it('nor says of sites and networks that are wrong that they aren’t there', async () => {
    const broken = SOUND.replace('subnet: 192.168.15.0/24', 'subnet: 5').replace('range: 172', 'rnage: 172');
    const problems = await problemsOf(command, broken, PLAYBOOK);
    const misfits = problems.filter((line) => /selects no node|unknown network/.test(line));
    expect(misfits).toEqual([
      'p.yaml:5:13  one.step-1.on: "wk-11" selects no node',
      'p.yaml:7:13  one.step-2.on: "role:wroker" selects no node',
    ]);
  });
});
