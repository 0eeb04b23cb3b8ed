import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Node, SshSettings } from '../../../src/model/inventory.js';
import type { SshOptions } from '../../../src/ssh/index.js';
import { transport } from './collect.js';
import type { FakeServer } from './fake-server.js';
import { folder } from './folder.js';
import { makeInventory, makeNode } from './inventory.js';
import { type KeyPair, makeKey } from './keys.js';

let clientKey: KeyPair | undefined;

/** A node that is the given server, known by its pinned key and logged into as `ops`. */
export function nodeOf(server: Pick<FakeServer, 'port' | 'hostKey'>, ssh: Partial<SshSettings> = {}): Node {
  clientKey ??= makeKey(folder(), 'client');
  return makeNode('edge', {
    host: '127.0.0.1',
    port: server.port,
    user: 'ops',
    key: clientKey.path,
    hostKeys: [server.hostKey.publicKey],
    ...ssh,
  });
}

/** Connects to one node by a transport of its own. */
export function connect(node: Node, options: Partial<SshOptions> = {}) {
  return transport({ inventory: makeInventory([node]), home: folder(), ...options }).connect(node);
}

/** A home folder with these files in `.ssh`. */
export function homeWith(files: Readonly<Record<string, string>>): string {
  const path = folder();
  mkdirSync(join(path, '.ssh'), { mode: 0o700 });
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(path, '.ssh', name), text, { mode: 0o600 });
  return path;
}
