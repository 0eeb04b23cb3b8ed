import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWhole, writeWhole } from '../../../src/lab/host/whole-file.js';

describe('what a lab writes down', () => {
  const folder = mkdtempSync(join(tmpdir(), 'whole-'));
  const file = join(folder, 'note.json');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is read as it was written, and is readable only by its owner', async () => {
    expect(await readWhole(file)).toBeUndefined();
    await writeWhole(file, { limit: 128 });
    expect(await readWhole(file)).toEqual({ limit: 128 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['note.json']);
  });

  it('stays as it was while a later one is written', async () => {
    await writeWhole(file, { limit: 128 });
    const { ino } = statSync(file);
    await writeWhole(file, { limit: 256 });
    expect(statSync(file).ino).not.toBe(ino);
    expect(readFileSync(file, 'utf8')).toBe('{"limit":256}');
  });

  it.each(['', '{"limit":'])('counts for nothing when it was cut off: %j', async (text) => {
    writeFileSync(file, text);
    expect(await readWhole(file)).toBeUndefined();
  });
});
