import { applyCommand, unchangedText } from '../../../src/app/clients/unchanged.js';

it.each([
  ['home.yaml', undefined, 'bridgehead apply -i home.yaml'],
  ['my home.yaml', 'own.yaml', "bridgehead apply -i 'my home.yaml' -p own.yaml"],
])('names the apply of %s with playbook %s', (file, playbook, command) => {
  expect(applyCommand(file, playbook)).toBe(command);
});

it('asks for an apply first if the hub is not one yet', () => {
  expect(unchangedText('vps', 'install', 'bridgehead apply -i home.yaml')).toBe(
    "The inventory was not changed, and no configuration was shown or written. vps does not match the inventory yet (phase install), so its clients can't be changed: run bridgehead apply -i home.yaml first, then this command again.",
  );
});

it('offers one if the hub may be partly changed', () => {
  expect(unchangedText('vps', undefined, 'bridgehead apply')).toMatch(
    /no configuration was shown or written\. If vps was changed, bridgehead apply brings it back/,
  );
});
