import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sshConfigText } from '../../../src/app/export/ssh-config.js';
import { loadInventory } from '../../../src/inventory/index.js';
import { parseSshConfig } from '../../../src/ssh/config/ssh-config.js';

describe('an exported ssh_config', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bridgehead-ssh-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('means to ssh what the inventory says', async () => {
    const inventory = await loadInventory('inventory/jump-and-ports.yaml');
    const nodes = inventory.nodes.map((node) => ({ ...node, ssh: { ...node.ssh, key: '/keys/my key' } }));
    const file = join(folder, 'config');
    writeFileSync(file, sshConfigText({ ...inventory, nodes }));
    for (const { name, ssh } of nodes) {
      const answer = execFileSync('ssh', ['-G', '-F', file, name], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      expect(parseSshConfig(answer)).toMatchObject({
        hostname: ssh.host,
        port: ssh.port,
        user: ssh.user,
        identityFiles: ['/keys/my key'],
        proxyJump: ssh.jump,
      });
    }
  });
});
