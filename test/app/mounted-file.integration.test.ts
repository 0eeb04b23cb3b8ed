import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith } from '../cli/helpers.js';

const edit = `
import { stageEdit } from './src/app/staged-edit.ts';
const staged = stageEdit(process.argv[1], (text) => text + 'b: 2\\n');
staged.commit();
staged.discard();
`;

it('an inventory that is mounted by itself is edited in place', () => {
  const folder = folderWith({ 'real.yaml': 'a: 1\n', 'mounted.yaml': '' });
  const [real, mounted] = [join(folder, 'real.yaml'), join(folder, 'mounted.yaml')];
  const node = [process.execPath, '--import', './scripts/typescript.js', '--input-type=module', '-e', edit];
  const { status, stderr } = spawnSync(
    'unshare',
    [
      '-m',
      'sh',
      '-c',
      'mount --bind "$0" "$1" && target=$1 && shift && exec "$@" -- "$target"',
      real,
      mounted,
      ...node,
    ],
    { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(readFileSync(real, 'utf8')).toBe('a: 1\nb: 2\n');
  expect(readdirSync(folder).sort()).toEqual(['mounted.yaml', 'real.yaml']);
});
