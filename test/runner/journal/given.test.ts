import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseYaml } from '../../../src/document/index.js';
import { resolveDocument } from '../../../src/inventory/index.js';
import { loadPlaybook } from '../../../src/playbook/index.js';
import { givenFiles, keepGiven, redactedIn } from '../../../src/runner/journal/given.js';
import { runFolder } from '../../../src/runner/journal/journal.js';
import { openJournal } from '../../../src/runner/journal/open-journal.js';
import { inventoryDigest, playbookDigest } from '../../../src/runner/plan/digest.js';
import { folderWith } from '../../cli/helpers.js';

const RUN = '20260101-000000-aaaaaa';
const INVENTORY = `name: net # of mine
defaults: { ssh: { key: keys/all, sudoPasswordFile: ~/pw } }
nodes:
  a: { public: 192.0.2.1, ssh: { hostKey: "ssh-ed25519 ${'A'.repeat(48)}" } }
  b: { public: 192.0.2.2 }
networks:
  mesh:
    interface: wg0
    range: 172.27.15.0/24
    addresses: { a: 172.27.15.1, b: 172.27.15.2 }
`;
const PLAYBOOK = `name: mine
phases:
  - name: files
    steps:
      - file: { path: /etc/open, content: "hello" }
      - file: { path: /etc/closed, content: "hunter2", secret: true }
      - file: { path: /etc/app, content: "API_TOKEN=hunter3" }
      - file: { path: /etc/more, source: files/more }
`;

async function kept(inventoryText = INVENTORY) {
  const state = folderWith();
  const folder = folderWith({ 'net.yaml': inventoryText, 'mine.yaml': PLAYBOOK, 'files/more': 'more' });
  const { inventory } = resolveDocument(parseYaml(join(folder, 'net.yaml'), inventoryText));
  const playbook = await loadPlaybook(join(folder, 'mine.yaml'));
  openJournal(state, RUN).close();
  const umask = process.umask(0);
  try {
    keepGiven(state, RUN, { inventory, playbook });
  } finally {
    process.umask(umask);
  }
  return { state, inventory, playbook, files: givenFiles(state, RUN) };
}

const textOf = (file: string | undefined): string => readFileSync(String(file), 'utf8');

it('keeps an inventory that says the same, readable only by its owner', async () => {
  const { inventory, files } = await kept();
  expect(statSync(String(files.inventory)).mode & 0o777).toBe(0o600);
  expect(textOf(files.inventory)).not.toContain('of mine');
  const again = resolveDocument(parseYaml(inventory.file, textOf(files.inventory))).inventory;
  expect(inventoryDigest(again)).toBe(inventoryDigest(inventory));
  expect(again).toEqual(inventory);
});

it('keeps a playbook without the content of secret files and what looks like a secret', async () => {
  const { playbook, files } = await kept();
  expect(textOf(files.playbook)).not.toMatch(/hunter/);
  const { phases } = parse(textOf(files.playbook));
  expect(phases[0].steps).toEqual([
    { file: { path: '/etc/open', content: 'hello' } },
    { file: { path: '/etc/closed', content: '[redacted]', secret: true } },
    { file: { path: '/etc/app', content: 'API_TOKEN=[redacted]' } },
    { file: { path: '/etc/more', source: 'files/more' } },
  ]);
  const again = await loadPlaybook(String(files.playbook));
  expect(playbookDigest(again)).not.toBe(playbookDigest(playbook));
});

it('says where it left something out, in a file of its owner', async () => {
  const { state } = await kept();
  expect(redactedIn(state, RUN)).toEqual({
    inventory: [],
    playbook: ['phases[0].steps[1].file.content', 'phases[0].steps[2].file.content'],
  });
  expect(statSync(join(runFolder(state, RUN), 'redacted.json')).mode & 0o777).toBe(0o600);
  expect(redactedIn(state, 'another')).toEqual({ inventory: [], playbook: [] });
});

it('keeps the shipped playbooks word for word', async () => {
  for (const name of ['mesh', 'hub']) {
    const state = folderWith();
    const playbook = await loadPlaybook(`playbooks/${name}.yaml`);
    const { inventory } = resolveDocument(parseYaml('net.yaml', INVENTORY));
    openJournal(state, RUN).close();
    keepGiven(state, RUN, { inventory, playbook });
    const again = await loadPlaybook(String(givenFiles(state, RUN).playbook));
    expect(playbookDigest(again)).toBe(playbookDigest(playbook));
    expect(redactedIn(state, RUN)).toEqual({ inventory: [], playbook: [] });
  }
});

it('keeps nothing of what no file describes', async () => {
  const state = folderWith();
  const { inventory } = resolveDocument(parseYaml('net.yaml', INVENTORY));
  openJournal(state, RUN).close();
  keepGiven(state, RUN, { inventory, playbook: { file: '', name: 'adopt', phases: [] } });
  expect(Object.keys(givenFiles(state, RUN))).toEqual(['inventory']);
});
