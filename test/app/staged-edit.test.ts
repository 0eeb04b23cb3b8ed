import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { stageEdit } from '../../src/app/staged-edit.js';
import { folderWith } from '../cli/helpers.js';

const add = (text: string) => `${text}b: 2\n`;

describe('an edit that lies ready', () => {
  it('takes the place of the file at once, mode and link kept', () => {
    const folder = folderWith({ 'real.yaml': 'a: 1\n' });
    const [real, link] = [join(folder, 'real.yaml'), join(folder, 'link.yaml')];
    chmodSync(real, 0o640);
    symlinkSync('real.yaml', link);
    const staged = stageEdit(link, add);
    expect(readFileSync(link, 'utf8')).toBe('a: 1\n');
    const [lies = ''] = readdirSync(folder).filter((name) => name.startsWith('.real.yaml.'));
    expect(statSync(join(folder, lies)).mode & 0o777).toBe(0o600);
    staged.commit();
    staged.discard();
    expect(readFileSync(real, 'utf8')).toBe('a: 1\nb: 2\n');
    expect(statSync(real).mode & 0o777).toBe(0o640);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['link.yaml', 'real.yaml']);
  });

  it('leaves nothing behind when it is discarded', () => {
    const folder = folderWith({ 'a.yaml': 'a: 1\n' });
    const staged = stageEdit(join(folder, 'a.yaml'), add);
    staged.discard();
    expect([staged.committed(), readFileSync(join(folder, 'a.yaml'), 'utf8')]).toEqual([false, 'a: 1\n']);
    expect(readdirSync(folder)).toEqual(['a.yaml']);
  });

  it('is repeated on what was changed meanwhile', () => {
    const file = join(folderWith({ 'a.yaml': 'a: 1\n' }), 'a.yaml');
    const staged = stageEdit(file, add);
    writeFileSync(file, 'a: 3 # by hand\n');
    staged.commit();
    expect(readFileSync(file, 'utf8')).toBe('a: 3 # by hand\nb: 2\n');
  });

  it('says why it can’t be repeated, and leaves the file, and the first text where it is to be kept', () => {
    const folder = folderWith({ 'a.yaml': 'a: 1\n' });
    const file = join(folder, 'a.yaml');
    const refuse = (text: string) => {
      if (text !== 'a: 1\n') throw new Error('changed by hand');
      return add(text);
    };
    const [kept, discarded] = [stageEdit(file, refuse), stageEdit(file, refuse)];
    writeFileSync(file, 'a: 3\n');
    expect(() => kept.commit()).toThrow('changed by hand');
    expect(() => discarded.commit()).toThrow('changed by hand');
    const path = kept.keep();
    for (const staged of [kept, discarded]) staged.discard();
    expect(readFileSync(path, 'utf8')).toBe('a: 1\nb: 2\n');
    expect(readFileSync(file, 'utf8')).toBe('a: 3\n');
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('is discarded without a word where someone else has removed it', () => {
    const folder = folderWith({ 'a.yaml': 'a: 1\n' });
    const staged = stageEdit(join(folder, 'a.yaml'), add);
    for (const name of readdirSync(folder)) if (name.startsWith('.')) rmSync(join(folder, name));
    expect(() => staged.discard()).not.toThrow();
  });
});
