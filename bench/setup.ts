import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { $ } from 'zx';
import { loadInventory } from '../src/inventory/index.js';
import { type Lab, labDown, labUp } from '../src/lab/index.js';
import type { Bench } from './contender.js';
import { benchInventory, benchNodes } from './inventory.js';
import { PROXY_PORT } from './peers/bridgehead.js';

const BIN = resolve('bin/bridgehead.js');
const quiet = { log: (line: string) => console.error(line) };

export const tempFolder = resolve('bench/results/tmp');

/** Ansible, Mitogen and pyinfra from PyPI, in an environment of their own; made once. */
export async function installPeers(): Promise<void> {
  mkdirSync(tempFolder, { recursive: true });
  const venv = join(tempFolder, 'venv');
  console.error('peers: ansible-core, mitogen and pyinfra from PyPI');
  await $`python3 -m venv ${venv} && ${venv}/bin/pip -q install ansible-core==2.19.* mitogen==0.3.* pyinfra==3.*`;
}

/** Where Mitogen's strategy plugins lie. */
export async function mitogenFolder(): Promise<string> {
  const code = 'import ansible_mitogen, os; print(os.path.dirname(ansible_mitogen.__file__))';
  const { stdout } = await $`${join(tempFolder, 'venv/bin/python')} -c ${code}`;
  return join(stdout.trim(), 'plugins/strategy');
}

/** Boots machines, with Python for the peers, and makes the mesh once. */
export async function bootMesh(size: number): Promise<{ lab: Lab; down: () => Promise<void> }> {
  const file = join(tempFolder, `lab-${size}.yaml`);
  writeFileSync(file, benchInventory(size));
  const inventory = await loadInventory(file);
  await labDown(inventory, quiet);
  const lab = await labUp(inventory, quiet);
  const down = (): Promise<void> => labDown(inventory, quiet);
  try {
    console.error(`lab of ${size}: python3 for the peers`);
    await Promise.all(
      inventory.nodes.map(async ({ name }) => {
        const { code, stderr } = await lab.exec(
          name,
          'apt-get install -y -q --no-install-recommends python3 python3-apt',
        );
        if (code !== 0) throw new Error(`${name}: ${stderr}`);
      }),
    );
    const { code, stdout } = await lab.run([process.execPath, BIN, 'apply', '--yes', '-i', file]);
    if (code !== 0) throw new Error(stdout);
    return { lab, down };
  } catch (error) {
    await down();
    throw error;
  }
}

export function benchOf(lab: Lab, size: number, delayed: boolean): Bench {
  const nodes = benchNodes(size);
  const straight = (index: number) => ({ host: nodes[index]?.address ?? '', port: 22 });
  const proxied = (index: number) => ({ host: '127.0.0.1', port: PROXY_PORT + index });
  return { lab, nodes, folder: tempFolder, dial: delayed ? proxied : straight, delayed };
}
