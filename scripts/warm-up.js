// Runs commands that touch no machine, then keeps what V8 has compiled of the bundle for them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CACHE, load } from '../bin/load.js';

const folder = mkdtempSync(join(tmpdir(), 'bridgehead-warm-up-'));
const nobody = join(folder, 'nobody.yaml');
// Nothing listens on this port, so a login starts and ends at once.
writeFileSync(
  nobody,
  `name: nobody
nodes:
  a: { public: 198.51.100.1, ssh: { user: root, host: 127.0.0.1, port: 1 } }
  b: { public: 198.51.100.2, ssh: { user: root, host: 127.0.0.1, port: 1 } }
networks:
  mesh: { range: 10.0.0.0/24, addresses: { a: 10.0.0.1, b: 10.0.0.2 } }
`,
);
const { exports, script } = load();
const codes = [
  await exports.runCli(['validate', '-i', nobody]),
  await exports.runCli(['check', '-i', nobody, '--state-dir', folder]),
];
rmSync(folder, { recursive: true });
if (codes.join() !== '0,4') throw new Error(`the commands ended with ${codes}`);
writeFileSync(CACHE, script.createCachedData());
