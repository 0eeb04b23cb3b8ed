import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { EXIT } from '../../../src/errors.js';
import { cli, folderWith } from '../helpers.js';

jest.setTimeout(30_000);

const NODE = (octet: number): string =>
  `{ public: 198.51.100.${octet}, role: web, ssh: { host: 127.0.0.1, port: 1, user: root } }`;
const INVENTORY = `name: small
nodes:
  a: ${NODE(1)}
  b: ${NODE(2)}
  c: ${NODE(3).replace('web', 'db')}
networks:
  home: { range: 10.1.0.0/24, addresses: { a: 10.1.0.1, b: 10.1.0.2, c: 10.1.0.3 } }
`;
const playbookOn = (on: string): string =>
  `name: p\nphases:\n  - name: notes\n    steps:\n      - on: ${on}\n        file: { path: /etc/note, content: x }\n`;

describe('remove of a node that the playbook names', () => {
  it.each([
    ['by its name', 'c', []],
    ['as the last of its role', 'role:db', []],
    ['as the last of its role, offline', 'role:db', ['--offline']],
  ])('is refused before anything is touched: %s', async (_what, on, more) => {
    const folder = folderWith({ 'home.yaml': INVENTORY, 'p.yaml': playbookOn(on) });
    const file = join(folder, 'home.yaml');
    const args = ['remove', 'c', '--yes', '-i', file, '-p', join(folder, 'p.yaml'), ...more];
    const { code, stdout, stderr } = await cli(args, folder);
    expect(`${stdout}${stderr}`).toMatch(/p\.yaml:\d+:\d+ .*no (node|role)/);
    expect(stdout).not.toContain('E_SSH');
    expect(code).toBe(EXIT.badInput);
    expect(readFileSync(file, 'utf8')).toBe(INVENTORY);
  });
});
