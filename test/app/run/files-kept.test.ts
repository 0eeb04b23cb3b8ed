import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireSameFiles } from '../../../src/app/run/files-kept.js';
import { loadInventory } from '../../../src/inventory/index.js';
import { loadPlaybook } from '../../../src/playbook/index.js';
import { folderWith } from '../../cli/helpers.js';
import { BARE } from '../../fixtures/bare.js';

const INVENTORY = '\uFEFFname: net\nnodes: { a: { public: 192.0.2.1 } }\n';
const PLAYBOOK = 'name: p\nphases: [{ name: one, gates: [{ commands: { names: [sh] } }] }]\n';

async function given() {
  const folder = folderWith({ 'net.yaml': INVENTORY, 'p.yaml': PLAYBOOK });
  const files = { inventory: join(folder, 'net.yaml'), playbook: join(folder, 'p.yaml') };
  const loaded = {
    inventory: await loadInventory(files.inventory),
    playbook: await loadPlaybook(files.playbook),
  };
  return { files, loaded };
}

const changed = (file: string) =>
  expect.objectContaining({ code: 'E_USAGE', message: `${file} was changed after this run had read it` });

describe('the files that a run was given', () => {
  it('may be written again as they are', async () => {
    const { files, loaded } = await given();
    writeFileSync(files.inventory, INVENTORY);
    requireSameFiles(loaded);
  });

  it.each(['inventory', 'playbook'] as const)('must say what was parsed: %s', async (part) => {
    const { files, loaded } = await given();
    writeFileSync(files[part], `${part === 'inventory' ? INVENTORY : PLAYBOOK}# more\n`);
    expect(() => requireSameFiles(loaded)).toThrow(changed(files[part]));
    rmSync(files[part]);
    expect(() => requireSameFiles(loaded)).toThrow(/no such file/);
  });

  it('must say what was edited, if that is what is applied', async () => {
    const { files, loaded } = await given();
    requireSameFiles(loaded, INVENTORY);
    expect(() => requireSameFiles(loaded, 'name: other\n')).toThrow(changed(files.inventory));
  });

  it('need not be files', () => {
    const playbook = { file: '', name: 'adopt', phases: [] };
    const inventory = { file: 'lan.yaml', name: 'lan', sites: [], nodes: [], networks: [], lab: {}, ...BARE };
    requireSameFiles({ inventory, playbook });
  });
});
