import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { formerData, sourcesIn, writeFormer } from '../../../../src/app/rehearse/change/former-files.js';
import { parseYaml, sourceOf } from '../../../../src/document/index.js';
import { resolveDocument } from '../../../../src/inventory/index.js';
import { folderWith } from '../../../cli/helpers.js';

const inventory = (data: object, file = '/net/inventory.yaml') => {
  const { inventory: read } = resolveDocument(parseYaml(file, JSON.stringify({ name: 'net', ...data })));
  return { inventory: read, source: sourceOf(read) ?? null };
};

it('logs in as the new inventory does, to nodes that it has', () => {
  const former = inventory({
    defaults: { ssh: { key: '~/old' } },
    nodes: {
      a: { public: '192.0.2.1', ssh: { user: 'old', hostKey: `ssh-ed25519 ${'A'.repeat(48)}` } },
      b: { public: '192.0.2.2', ssh: { user: 'gone', sudoPasswordFile: '/etc/pw' } },
    },
  });
  const next = inventory({
    nodes: {
      a: { public: '192.0.2.1', ssh: { host: '192.0.2.9', port: 2222, user: 'new', key: 'k', jump: 'hop' } },
      hop: { public: '2001:db8::9', ssh: { user: 'root', port: 22 } },
    },
  }).inventory;
  expect(formerData(former, next, {})).toEqual({
    name: 'net',
    nodes: {
      a: {
        public: '192.0.2.1',
        ssh: {
          host: '192.0.2.9',
          port: 2222,
          user: 'new',
          key: '/net/k',
          jump: 'root@[2001:db8::9]:22',
          sudo: 'auto',
        },
      },
      b: { public: '192.0.2.2', ssh: { host: '192.0.2.2', user: 'gone', key: '~/old', sudo: 'auto' } },
    },
  });
});

it("gives the clients the lab's keys", () => {
  const former = inventory({
    nodes: { vps: { public: '192.0.2.1' } },
    networks: {
      home: {
        shape: 'hub',
        hub: 'vps',
        interface: 'wg0',
        range: '10.8.0.0/24',
        addresses: { vps: '10.8.0.1' },
        clients: { phone: { address: '10.8.0.2' } },
      },
    },
  });
  const keys = [
    { network: 'home', client: 'phone', publicKey: 'of the lab' },
    { network: 'home', client: 'tablet', publicKey: 'of none' },
  ];
  expect(formerData(former, former.inventory, { clients: keys })).toMatchObject({
    networks: { home: { clients: { phone: { address: '10.8.0.2', publicKey: 'of the lab' } } } },
  });
});

const PLAYBOOK = `name: mine
phases:
  - name: files
    steps:
      - file: { path: /etc/a, source: files/a }
      - { file: { path: /etc/b, content: b } }
  - name: empty
`;

it('copies the files that the playbook sends, readable only by their owner', async () => {
  const { inventory: read, source } = inventory({ nodes: { a: { public: '192.0.2.1' } } });
  const from = folderWith({ 'mine.yaml': PLAYBOOK, 'files/a': 'text of a' });
  const to = folderWith();
  const playbook = { file: join(from, 'mine.yaml'), folder: from };
  expect(sourcesIn(PLAYBOOK)).toEqual(['files/a']);
  const files = await writeFormer({ name: 'x', inventory: read, source, copy: 'x', playbook }, read, {}, to);
  expect(readFileSync(files.playbook, 'utf8')).toBe(PLAYBOOK);
  expect(readFileSync(join(to, 'files/a'), 'utf8')).toBe('text of a');
  for (const file of [files.inventory, files.playbook, join(to, 'files/a')])
    expect(statSync(file).mode & 0o777).toBe(0o600);
});
