import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { rehearsalInventory } from '../../../src/app/rehearse/inventory.js';
import { folderWith } from '../../cli/helpers.js';

it('leaves an inventory unchanged that has nothing of the real machines', async () => {
  const file = join(
    folderWith({ 'net.yaml': 'name: x\nnodes:\n  a: { ssh: { user: root, sudoPasswordFile: ~/pw } }\n' }),
    'net.yaml',
  );
  expect(await rehearsalInventory(file, folderWith())).toEqual({ file, notes: [] });
});

it('copies one with pins without them, with its comments, readable only by its owner', async () => {
  const source = folderWith({
    'net.yaml': [
      'name: x # the name',
      'defaults:',
      '  ssh: { key: keys/all }',
      'nodes:',
      '  a:',
      '    ssh: { hostKey: "ssh-ed25519 AAAA", key: ~/.ssh/id }',
      '  b: { ssh: { hostKey: ["ssh-ed25519 BBBB"], key: ../b, sudoPasswordFile: pw } }',
      '  c: { public: 192.0.2.1 }',
      '',
    ].join('\n'),
  });
  const folder = folderWith();
  const { file, notes } = await rehearsalInventory(join(source, 'net.yaml'), folder);
  expect(file).toBe(join(folder, 'net.yaml'));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).toBe(
    [
      'name: x # the name',
      'defaults:',
      `  ssh: { key: ${source}/keys/all }`,
      'nodes:',
      '  a:',
      '    ssh: { key: ~/.ssh/id }',
      `  b: { ssh: { key: ${join(source, '..', 'b')} } }`,
      '  c: { public: 192.0.2.1 }',
      '',
    ].join('\n'),
  );
  expect(notes).toEqual([
    "the inventory's pinned host keys (2) are for the real machines; the rehearsal uses the lab's own",
    "the inventory's sudo password files (1) are for the real machines; the rehearsal uses the lab's own",
  ]);
});

it("gives clients the lab's keys, only in the copy", async () => {
  const text = [
    'name: x',
    'networks:',
    '  home:',
    '    shape: hub',
    '    clients:',
    '      phone: { address: 10.8.0.2, publicKey: real } # mine',
    '      # none yet',
    '      tablet:',
    '        address: 10.8.0.4',
    '',
  ].join('\n');
  const source = folderWith({ 'net.yaml': text });
  const keys = ['phone', 'tablet'].map((client) => ({ network: 'home', client, publicKey: `${client}-key` }));
  const { file, notes } = await rehearsalInventory(join(source, 'net.yaml'), folderWith(), { clients: keys });
  expect(readFileSync(file, 'utf8')).toBe(
    text
      .replace('publicKey: real', 'publicKey: phone-key')
      .replace('address: 10.8.0.4', 'address: 10.8.0.4\n        publicKey: tablet-key'),
  );
  expect(readFileSync(join(source, 'net.yaml'), 'utf8')).toBe(text);
  expect(notes).toEqual(["the inventory's clients (2) keep their keys; the rehearsal makes its own"]);
});

it('joins networks at the login server of the lab, with its key, and finds the other files and commands from where it is', async () => {
  const source = folderWith({
    'net.yaml': [
      'name: x',
      'networks:',
      '  tail: { kind: tailscale, loginServer: https://hs.example.com, ca: hs.pem, authKey: { env: TS_AUTHKEY } } # ours',
      'edges:',
      '  vps: { acme: { email: me@example.com, ca: ca.pem, dns: { provider: x, env: { A: { file: a }, B: { command: [sops, -d, b] } } } } }',
      '',
    ].join('\n'),
  });
  const joins = [{ network: 'tail', file: '/lab/join-keys/tail' }];
  const { file, notes } = await rehearsalInventory(join(source, 'net.yaml'), folderWith(), { joins });
  expect(parse(readFileSync(file, 'utf8'))).toEqual({
    name: 'x',
    networks: {
      tail: {
        kind: 'tailscale',
        loginServer: 'https://hs.example.com',
        authKey: { file: '/lab/join-keys/tail' },
      },
    },
    edges: {
      vps: {
        acme: {
          email: 'me@example.com',
          ca: `${source}/ca.pem`,
          dns: {
            provider: 'x',
            env: {
              A: { file: `${source}/a` },
              B: { command: ['env', `--chdir=${source}`, 'sops', '-d', 'b'] },
            },
          },
        },
      },
    },
  });
  expect(readFileSync(file, 'utf8')).toContain('# ours');
  expect(notes).toEqual(["nodes join tail at the lab's own login server, with a key of it"]);
});
