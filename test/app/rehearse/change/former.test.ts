import { join } from 'node:path';
import { rehearsalOf } from '../../../../src/app/rehearse/change/change.js';
import { givenFiles } from '../../../../src/runner/journal/given.js';
import { folderWith } from '../../../cli/helpers.js';
import { find, GO, inventory, type Kept, messageOf, ONE, PLAYBOOK, stateWith, TWO, text } from './state.js';

it('is what a run was given, with keys from where its inventory was', async () => {
  const state = await stateWith({ [ONE]: GO });
  const former = await find('aaaaaa', state);
  expect(former.name).toBe(`run ${ONE}`);
  expect(former.inventory.nodes.map(({ ssh }) => ssh.key)).toEqual(['/net/keys/all', '/net/keys/all']);
  expect(former.playbook).toEqual({ file: givenFiles(state, ONE).playbook, folder: state });
});

it('is rehearsed by itself from its copies, since its files may say something else by now', async () => {
  const state = await stateWith({ [ONE]: GO });
  const { inventory: copy, playbook } = givenFiles(state, ONE);
  expect(rehearsalOf(await find(ONE, state))).toBe(`bridgehead rehearse -i ${copy} -p ${playbook}`);
});

it('is an earlier inventory, with the built-in playbook of its shape', async () => {
  const folder = folderWith({ 'old.yaml': text('net') });
  const former = await find(join(folder, 'old.yaml'), folder);
  expect(former.name).toBe(join(folder, 'old.yaml'));
  expect(former.inventory.nodes[0]?.ssh.key).toBe(join(folder, 'keys/all'));
  expect(former.playbook.file).toMatch(/\/playbooks\/mesh\.yaml$/);
  expect(rehearsalOf(former)).toBe(
    `bridgehead rehearse -i ${join(folder, 'old.yaml')} -p ${former.playbook.file}`,
  );
});

const PASS_OLD =
  'pass the inventory that the machines have now, such as one from git: git show REVISION:inventory.yaml >old.yaml, and --against old.yaml';

it('is not a run that kept nothing: an older one says from which version on runs do', async () => {
  const state = await stateWith({ [ONE]: GO, [TWO]: { ...GO, keeps: 'nothing' } });
  expect(await messageOf(find('last', state))).toBe(
    [
      `run ${TWO} did not keep its inventory`,
      'runs do so from version 0.1.0 on; this one had 0.0.9',
      PASS_OLD,
    ].join('\n'),
  );
});

const part = 'which does not apply an inventory to the complete network';

it.each<[Kept, string]>([
  [{ command: 'plan', outcome: 'planned', planned: ['a'] }, 'was a plan, which changes nothing'],
  [{ ...GO, command: 'check' }, 'was a check, which does not compare the nodes with the inventory'],
  [{ outcome: 'done', command: 'unlock' }, `was an unlock, ${part}`],
  [{ ...GO, command: 'client add' }, `was a client add, ${part}`],
  [{ ...GO, command: 'rotate psk' }, `was a rotate psk, ${part}`],
  [{ ...GO, command: 'remove' }, `was a remove, ${part}`],
  [{ ...GO, command: 'adopt' }, `was an adopt, ${part}`],
  [{ outcome: 'stop', exit: 3 }, 'did not end in GO, so it did not leave what its inventory says'],
  [{}, 'changed nothing: its plan was declined'],
  [{ ...GO, ends: false }, 'did not end'],
  [{ ...GO, nodes: ['a'] }, 'left out b'],
  [{ ...GO, phases: ['first'] }, 'left out phase tunnel'],
  [
    { ...GO, nodes: ['a'], shard: { index: 1, of: 2, total: 2 } },
    'was shard 1 of 2, and left out the other nodes',
  ],
])('is not a run of %j', async (kept, why) => {
  expect(await messageOf(find(ONE, await stateWith({ [ONE]: kept })))).toBe(
    `run ${ONE} ${why}\nname an apply of all nodes and phases that ended in GO (\`bridgehead runs list\` shows the runs), or ${PASS_OLD}`,
  );
});

it.each<Kept>([
  { command: 'plan', outcome: 'planned' },
  { ...GO, command: 'renumber' },
])('is a run of %j', async (kept) => {
  expect((await find(ONE, await stateWith({ [ONE]: kept }))).name).toBe(`run ${ONE}`);
});

it('is a run that left out a deep phase, which changes nothing', async () => {
  const playbook = `${PLAYBOOK}  - { name: long, deep: true, gates: [{ ping: {} }] }\n`;
  const state = await stateWith({ [ONE]: GO }, { playbook });
  expect((await find(ONE, state)).name).toBe(`run ${ONE}`);
});

const SECRET = `name: mine
phases:
  - name: first
    steps:
      - file: { path: /etc/open, content: hello }
      - file: { path: /etc/closed, content: hunter2, secret: true }
  - name: tunnel
    steps: [{ file: { path: /usr/local/bin/post, content: 'curl -d "token=$X" http://x' } }]
`;

it('is not a run whose copy lacks secrets, unless the playbook is still the same', async () => {
  const changed = await stateWith({ [ONE]: GO }, { playbook: SECRET, now: SECRET.replace('hello', 'hi') });
  for (const against of [ONE, 'last'])
    expect(await messageOf(find(against, changed))).toBe(
      [
        `run ${ONE} kept its inventory and playbook without what looks like a secret`,
        'of the playbook: phases[0].steps[1].file.content',
        'of the playbook: phases[1].steps[0].file.content',
        PASS_OLD,
      ].join('\n'),
    );
  const same = await stateWith({ [ONE]: GO }, { playbook: SECRET });
  expect((await find(ONE, same)).playbook).toEqual({ file: join(same, 'mine.yaml'), folder: same });
});

it('is nothing of other machines, and nothing if there is no apply', async () => {
  const state = await stateWith({ [ONE]: GO });
  expect(await messageOf(find(ONE, state, inventory('net', ['x', 'y'])))).toContain(
    `run ${ONE} has none of the machines of /net/inventory.yaml`,
  );
  expect(await messageOf(find('last', state, inventory('net', undefined, '/other/inventory.yaml')))).toBe(
    `no run that applied all of /other/inventory.yaml and ended in GO has a journal\nin ${state}\n${PASS_OLD}`,
  );
});
