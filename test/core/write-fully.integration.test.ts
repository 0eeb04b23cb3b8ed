import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { folderWith } from '../cli/helpers.js';

const LIMIT = 8 * 1024;

/** Runs a program on the sources in a process whose files end at the limit, as on a disk with that much room: writes are short first. */
function short(program: string, cwd: string): { readonly code: string; readonly stderr: string } {
  const { stdout, stderr } = spawnSync(
    'prlimit',
    [
      `--fsize=${LIMIT}`,
      process.execPath,
      '--import',
      resolve('scripts/typescript.js'),
      '--input-type=module',
      '--eval',
      `const source = (file) => import(${JSON.stringify(resolve('src'))} + '/' + file);
       const text = 'x'.repeat(${LIMIT * 2});
       try { ${program} } catch (error) { process.stdout.write((error.cause ?? error).code ?? String(error)); }`,
    ],
    { encoding: 'utf8', cwd },
  );
  return { code: stdout, stderr };
}

describe('with less room on the disk than is to be written', () => {
  it('an edit leaves the file as it was, and nothing next to it', () => {
    const folder = folderWith({ 'inventory.yaml': 'name: home\n' });
    const edit = `const { stageEdit } = await source('app/staged-edit.ts');
      stageEdit('inventory.yaml', () => text).commit();`;
    expect(short(edit, folder)).toEqual({ code: 'EFBIG', stderr: '' });
    expect(readFileSync(join(folder, 'inventory.yaml'), 'utf8')).toBe('name: home\n');
    expect(readdirSync(folder)).toEqual(['inventory.yaml']);
  });

  it('a file that only its owner can read is not taken for written', () => {
    const folder = folderWith({});
    const write = `const { reservePrivateFile } = await source('app/private-file.ts');
      reservePrivateFile('key', '--output').write(text);`;
    expect(short(write, folder)).toEqual({ code: 'EFBIG', stderr: '' });
  });

  it('a journal keeps complete lines', () => {
    const folder = folderWith({});
    const write = `const { openJournal } = await source('runner/journal/open-journal.ts');
      const journal = openJournal('.', '20260101-000000-aaaaaa');
      journal.write({ type: 'first' });
      try { journal.write({ type: 'second', text }); } catch (error) { process.stdout.write(error.code); }
      journal.write({ type: 'third' });`;
    expect(short(write, folder)).toEqual({ code: 'EFBIG', stderr: '' });
    const path = join(folder, 'runs/20260101-000000-aaaaaa/journal.jsonl');
    expect(readFileSync(path, 'utf8')).toBe('{"type":"first"}\n{"type":"third"}\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});
