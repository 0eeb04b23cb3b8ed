import { applyCommand, unchangedText } from '../../../src/app/clients/unchanged.js';

it.each([
  ['home.yaml', undefined, 'bridgehead apply -i home.yaml'],
  ['my home.yaml', 'own.yaml', "bridgehead apply -i 'my home.yaml' -p own.yaml"],
])('names the apply of %s with playbook %s', (file, playbook, command) => {
  expect(applyCommand(file, playbook)).toBe(command);
});

it('asks for an apply first where the hub is not one yet', () => {
  expect(unchangedText('vps', 'install', 'bridgehead apply -i home.yaml')).toBe(
    "The inventory is as it was, and nothing was handed out. vps is not yet as the inventory says (phase install), so its clients can't be changed: first run bridgehead apply -i home.yaml, then this command again.",
  );
});

it('offers one where the hub may be half changed', () => {
  expect(unchangedText('vps', undefined, 'bridgehead apply')).toMatch(
    /nothing was handed out\. Should vps have been changed, bridgehead apply makes it/,
  );
});
