import { join } from 'node:path';
import { EXIT } from '../../src/core/errors.js';
import { TEXT } from '../layers/dns/fixture.js';
import { cli, folderWith } from './helpers.js';

const listOf = (text: string, ...options: readonly string[]) =>
  cli(['dns', 'records', '-i', join(folderWith({ 'inventory.yaml': text }), 'inventory.yaml'), ...options]);
const list = (...options: readonly string[]) => listOf(TEXT, ...options);

describe('dns records', () => {
  it('lists what to publish, and what to set in the router', async () => {
    const { code, stdout, stderr } = await list();
    expect([code, stderr]).toEqual([EXIT.go, '']);
    expect(stdout).toMatch(/^photos\.example\.com +AAAA +2001:db8:8::1 +photos$/m);
    expect(stdout).toMatch(/in the router of home\nDNS server that DHCP gives out +192\.168\.1\.10\n/);
    expect(stdout).toMatch(/^exception from rebind protection +home\.example\.com$/m);
    expect(stdout).not.toContain('printer');
  });

  it('is JSON for programs, of one zone if it is named', async () => {
    const { stdout } = await list('--json', '--zone', 'photos.example.com.');
    const { public: records, routers } = JSON.parse(stdout);
    expect(records).toEqual([
      { name: 'photos.example.com', type: 'A', addresses: ['198.51.100.8'], apps: ['photos'] },
      { name: 'photos.example.com', type: 'AAAA', addresses: ['2001:db8:8::1'], apps: ['photos'] },
    ]);
    expect(routers).toHaveLength(1);
  });

  it('is a file for OctoDNS, whose zone follows from the names', async () => {
    expect((await list('--format', 'octodns')).stdout).toMatch(/^---\n# example\.com\.yaml\n'photos':\n/);
  });

  it('says that there is nothing to publish without apps', async () => {
    const bare = 'name: bare\nnodes: { a: { public: 198.51.100.8 } }\n';
    const { code, stdout } = await listOf(bare);
    expect([code, stdout]).toEqual([EXIT.go, 'The inventory has no names to publish.\n']);
  });
});
