import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Draftfile } from '../../../../src/app/provision/dialogue/kept.js';
import { start } from './driver.js';

describe('what is kept of a conversation', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-draft-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps it from others', () => {
    const file = new Draftfile(folder, 'inventory.yaml');
    file.write(start({}), undefined);
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['of another version', '{"version":0,"answers":{}}', /version 0, and this program writes version 1/],
    ['that is damaged', '{"version":1,', /damaged/],
    ['that isn’t a draft', '[]', /damaged/],
    [
      'with answers of another kind',
      '{"version":1,"answers":{"port":"x"},"order":[],"done":{}}',
      /does not know/,
    ],
    [
      'with a question of another program',
      '{"version":1,"answers":{},"order":["colour"],"done":{}}',
      /does not know/,
    ],
  ])('refuses a draft %s', (_name, text, message) => {
    const file = new Draftfile(folder, 'inventory.yaml');
    file.write(start({}), undefined);
    writeFileSync(file.path, text);
    expect(() => file.read()).toThrow(message);
  });

  it('has the inventory as it was before machines were added to it', () => {
    const file = new Draftfile(folder, 'inventory.yaml');
    const written = { hash: 'abc', before: 'name: home\n' };
    file.write(start({}), written);
    expect(file.read()?.written).toEqual(written);
  });
});
