import { clientsLeft, pairsToRotate, rotationPhases } from '../../src/app/rotation.js';
import { loadPlaybook } from '../../src/playbook/index.js';
import { cli } from '../cli/helpers.js';
import { phoneHome } from '../fixtures/phone-home-inventory.js';

const { inventory } = await phoneHome({ presharedKeys: true }, { publicKey: 'phone=' });
const named = (...pairs: string[]): string[] =>
  pairsToRotate(inventory, pairs).map(({ network, nodes }) => `${network.name}: ${nodes.join(' ')}`);

describe('the pairs whose keys are rotated', () => {
  it('are all pairs of nodes, and clients keep theirs', () => {
    expect(named()).toEqual(['home: vps node-a']);
    expect(clientsLeft(inventory)).toEqual(['phone']);
  });

  it('are those named, in either order', () => {
    expect(named('node-a,vps')).toEqual(['home: vps node-a']);
    expect(named('vps, node-a')).toEqual(['home: vps node-a']);
  });

  it.each([
    ['vps', '--pair needs two nodes; got "vps"', 'write --pair NODE,NODE'],
    ['a,b,c', '--pair needs two nodes; got "a,b,c"', 'write --pair NODE,NODE'],
    ['vps,nod-a', 'no node named "nod-a"', 'did you mean "node-a"? the nodes are: vps, node-a, lan-1, lan-2'],
    ['vps,lan-1', 'vps and lan-1 do not share a key', 'vps shares one with node-a'],
    ['lan-1,vps', 'lan-1 and vps do not share a key', 'lan-1 does not share a key with any node'],
    ['vps,vps', 'vps and vps do not share a key', 'vps shares one with node-a'],
    [
      'vps,phone',
      'phone is a client, whose configuration holds its preshared key',
      'bridgehead client rekey phone makes new keys for it and shows its new configuration',
    ],
  ])('%s is refused', (text, message, fix) => {
    expect(() => named(text)).toThrow(
      expect.objectContaining({ code: 'E_USAGE', message, details: { fix } }),
    );
  });

  it('are none if the network has no such keys', async () => {
    const plain = await phoneHome();
    expect(() => pairsToRotate(plain.inventory, [])).toThrow(
      'no network of this inventory has preshared keys',
    );
  });
});

it.each(['mesh', 'hub'])(
  'uses the phases of playbook %s that write keys and put them in force',
  async (name) => {
    const playbook = await loadPlaybook(`playbooks/${name}.yaml`);
    expect(rotationPhases(playbook)).toEqual(['keys', 'tunnel']);
    const phases = playbook.phases.filter((phase) => phase.name !== 'keys');
    expect(() => rotationPhases({ ...playbook, phases })).toThrow(
      `the playbook ${name} has no step preshared-keys`,
    );
  },
);

it('rotates nothing unasked', async () => {
  const { code, stderr } = await cli(['rotate', 'psk', '-i', 'inventory/phone-home.yaml']);
  expect(code).toBe(2);
  expect(stderr).toContain('add --yes to rotate without asking');
});
