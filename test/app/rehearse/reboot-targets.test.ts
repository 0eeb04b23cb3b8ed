import { rebootTargets } from '../../../src/app/rehearse/reboot-targets.js';
import { loadInventory } from '../../../src/inventory/index.js';

it.each([
  ['phone-home', ['vps', 'node-a']],
  ['relay', ['edge-1']],
  ['two-sites', ['edge-1', 'home-1', 'home-2', 'cabin-1', 'cabin-2']],
])('in inventory/%s.yaml are %j', async (name, nodes) => {
  expect(rebootTargets(await loadInventory(`inventory/${name}.yaml`))).toEqual(nodes);
});
