import type { Playbook } from '../../src/playbook/types.js';
import { layOut } from '../../src/runner/index.js';
import { RunSecrets } from '../../src/steps/pair-secrets.js';
import { phoneHome } from '../fixtures/phone-home-inventory.js';

const { inventory } = await phoneHome();

function nodesOf(...on: readonly string[]): string[] {
  const step = { id: 'a.1', kind: 'wireguard-keys', name: 'keys', on, params: {} };
  const playbook: Playbook = { file: 'p.yaml', name: 'p', phases: [{ name: 'a', steps: [step], gates: [] }] };
  return layOut(inventory, playbook, new RunSecrets()).flatMap(({ steps }) =>
    steps.map(({ node }) => node.name),
  );
}

describe('where a step is done', () => {
  it.each<[string[], string[]]>([
    [['all'], ['vps', 'node-a', 'lan-1', 'lan-2']],
    [['members'], ['vps', 'node-a']],
    [['hub'], ['vps']],
    [['gateway'], ['node-a']],
    [['forwarding'], ['vps', 'node-a']],
    [
      ['hub', 'lan-2'],
      ['vps', 'lan-2'],
    ],
    [['site:home'], ['node-a', 'lan-1', 'lan-2']],
  ])('%j', (on, nodes) => {
    expect(nodesOf(...on)).toEqual(nodes);
  });

  it('names the words that there are', () => {
    expect(() => nodesOf('gatewya')).toThrow(/did you mean "gateway"/);
    expect(() => nodesOf('gatewya')).toThrow(/members, hub, gateway, forwarding/);
  });
});
