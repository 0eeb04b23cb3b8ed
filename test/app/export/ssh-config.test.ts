import fc from 'fast-check';
import { sshConfigText } from '../../../src/app/export/ssh-config.js';
import { importSources } from '../../../src/app/import/import.js';
import { loadInventory } from '../../../src/inventory/index.js';
import { machines } from './machines.js';

describe('an exported ssh_config', () => {
  it('has a Host for each node', async () => {
    expect(sshConfigText(await loadInventory('inventory/jump-and-ports.yaml'))).toContain(`
Host vault-1
  HostName 10.20.30.12
  Port 2222
  User root
  ProxyJump gate-1
`);
  });

  it('is imported with the same logins', () => {
    fc.assert(
      fc.property(machines, (inventory) => {
        const { draft } = importSources([{ file: 'config', text: sshConfigText(inventory) }], 'x');
        const logins = inventory.nodes.map(({ name, ssh: { host, port, user, key, jump } }) => ({
          name,
          ssh: JSON.parse(JSON.stringify({ host, port, user, key, jump })),
        }));
        expect(draft.nodes.map(({ name, ssh }) => ({ name, ssh }))).toEqual(logins);
      }),
      { numRuns: 50 },
    );
  });
});
