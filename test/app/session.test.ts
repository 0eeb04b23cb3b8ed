import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../../src/core/errors.js';
import { cli, DEAD_INVENTORY, folderWith } from '../cli/helpers.js';

describe('against machines that refuse', () => {
  it.each(['plan', 'apply', 'check'])('%s ends in 4 and reports each', async (command) => {
    const folder = folderWith({ 'net.yaml': DEAD_INVENTORY });
    const { code, stdout } = await cli([command, '-i', join(folder, 'net.yaml'), '--yes'], folder);
    expect(code).toBe(EXIT.unreachable);
    expect(stdout).toMatch(/connect +- +a-1 +FAILED/);
    expect(stdout).toMatch(/FAILED a-1 {2}E_SSH_/);
    expect(stdout).toMatch(/FAILED b-1 {2}E_SSH_/);
    expect(stdout).toContain('UNREACHABLE  0 gates GO, 0 changes made');
    expect(stdout.includes('to resume: bridgehead apply --resume')).toBe(command === 'apply');
  });

  it('keeps a journal that only its owner can read, with the same events as --json', async () => {
    const folder = folderWith({ 'net.yaml': DEAD_INVENTORY });
    const state = join(folder, 'state');
    const argv = ['apply', '--yes', '--json', '-i', join(folder, 'net.yaml'), '--state-dir', state];
    const { stdout } = await cli(argv, folder);
    const [run] = readdirSync(join(state, 'runs'));
    const journal = join(state, 'runs', String(run), 'journal.jsonl');
    expect(statSync(journal).mode & 0o777).toBe(0o600);
    const events = stdout.trimEnd().split('\n');
    expect(readFileSync(journal, 'utf8').trimEnd().split('\n')).toEqual(events);
    expect(events.map((line) => JSON.parse(line).type).at(-1)).toBe('run-ended');
  });

  it('keeps standard output clean for --json with --resume', async () => {
    const folder = folderWith({ 'net.yaml': DEAD_INVENTORY });
    const { stdout, stderr } = await cli(
      ['apply', '--yes', '--json', '--resume', '-i', join(folder, 'net.yaml')],
      folder,
    );
    for (const line of stdout.trimEnd().split('\n')) JSON.parse(line);
    expect(stderr).toContain('no earlier apply in the journal');
  });

  it('says so when the state folder cannot be made', async () => {
    const folder = folderWith({ 'net.yaml': DEAD_INVENTORY, file: '' });
    const { code, stderr } = await cli(
      ['plan', '-i', join(folder, 'net.yaml'), '--state-dir', join(folder, 'file', 'state')],
      folder,
    );
    expect(code).toBe(EXIT.badInput);
    expect(stderr).toContain('fix: choose another with --state-dir');
  });
});
