import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BridgeheadError } from '../../src/core/errors.js';
import { isBelow, mountOption, mountsOf } from '../../src/lab/docker/mounts.js';
import { homeMesh } from '../fixtures/home-mesh-inventory.js';

const inventoryIn = (folder: string) => ({ ...homeMesh, file: `${folder}/inventory.yaml` });

it.each<[string, string, readonly string[], readonly string[]]>([
  ['the folder of both', '/home/me/net', ['/home/me/net'], ['/home/me/net']],
  ['only the outer of two', '/home/me/net/staging', ['/home/me/net'], ['/home/me/net']],
  ['two apart', '/home/me/net', ['/home/me/network'], ['/home/me/net', '/home/me/network']],
  ['a home', '/root/net', ['/root'], ['/root']],
])('mounts %s', (_what, folder, folders, mounted) => {
  expect(mountsOf(inventoryIn(folder), folders)).toEqual(mounted.map((path) => ({ path, readOnly: false })));
});

it.each([
  '/',
  '/etc',
  '/usr/local/share',
  '/var',
  '/opt/bridgehead',
  '/proc/self',
  '/var/lib/bridgehead-lab/x',
  '/run',
])('refuses %s, which would hide what the container has', (folder) => {
  expect(() => mountsOf(inventoryIn(folder), [])).toThrow(BridgeheadError);
  expect(() => mountsOf(inventoryIn('/home/me/net'), [folder])).toThrow(`your folder ${folder}:`);
});

it.each([
  '/etc/bridgehead',
  '/var/tmp/x',
  '/opt/network',
  '/runner/work',
  '/Users/me/net',
  '/private/tmp/net',
  '/builds/x',
])('takes %s', (folder) => {
  expect(mountsOf(inventoryIn(folder), [])).toEqual([{ path: folder, readOnly: false }]);
});

it('mounts keys of elsewhere, only to be read', () => {
  const node = homeMesh.nodes[0];
  if (node === undefined) throw new Error('no node');
  const key = process.execPath;
  const inventory = { ...inventoryIn('/home/me/net'), nodes: [{ ...node, ssh: { ...node.ssh, key } }] };
  expect(mountsOf(inventory, [])).toEqual([
    { path: '/home/me/net', readOnly: false },
    { path: key, readOnly: true },
  ]);
});

it('mounts what a linked inventory leads to, link by link', () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'bridgehead-links-')));
  for (const name of ['a', 'b', 'c']) mkdirSync(join(root, name));
  writeFileSync(join(root, 'c/real.yaml'), '');
  symlinkSync('../c/real.yaml', join(root, 'b/middle.yaml'));
  symlinkSync(join(root, 'b/middle.yaml'), join(root, 'a/inventory.yaml'));
  const mounts = mountsOf(inventoryIn(join(root, 'a')), []);
  expect(mounts).toEqual(['a', 'b', 'c'].map((name) => ({ path: join(root, name), readOnly: false })));
  rmSync(root, { recursive: true });
});

it('quotes commas as Docker reads them', () => {
  expect(mountOption({ path: '/a,b"c', readOnly: true })).toEqual([
    '--mount',
    'type=bind,"source=/a,b""c","target=/a,b""c",readonly',
  ]);
});

it('knows what is below what', () => {
  expect([isBelow('/a/b', '/a'), isBelow('/a', '/a'), isBelow('/ab', '/a'), isBelow('/a', '/')]).toEqual([
    true,
    true,
    false,
    true,
  ]);
});
