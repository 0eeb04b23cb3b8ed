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

/** The edit of a file that another is mounted over. */
function editMounted(mount: string) {
  const folder = folderWith({ 'real.yaml': 'a: 1\n', 'mounted.yaml': '' });
  const [real, mounted] = [join(folder, 'real.yaml'), join(folder, 'mounted.yaml')];
  const node = [process.execPath, '--import', './scripts/typescript.js', '--input-type=module', '-e', edit];
  const { status, stderr } = spawnSync(
    'unshare',
    ['-m', 'sh', '-c', `${mount} && target=$1 && shift && exec "$@" -- "$target"`, real, mounted, ...node],
    { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
  );
  return { status, stderr, text: readFileSync(real, 'utf8'), files: readdirSync(folder).sort() };
}

it('an inventory that is mounted by itself is edited in place', () => {
  expect(editMounted('mount --bind "$0" "$1"')).toEqual({
    status: 0,
    stderr: '',
    text: 'a: 1\nb: 2\n',
    files: ['mounted.yaml', 'real.yaml'],
  });
});

it('one that is mounted to be read only is refused before anything else is done', () => {
  const { status, stderr, text, files } = editMounted(
    'mount --bind "$0" "$1" && mount -o remount,ro,bind "$1"',
  );
  expect(status).toBe(1);
  expect(stderr).toContain('mounted.yaml cannot be edited');
  expect(stderr).toContain('at stageEdit');
  expect([text, files]).toEqual(['a: 1\n', ['mounted.yaml', 'real.yaml']]);
});
