import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../../src/core/errors.js';
import { loadPlaybook } from '../../src/playbook/index.js';
import type { RunEvent } from '../../src/runner/events/events.js';
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
    expect(readdirSync(join(state, 'runs', String(run))).sort()).toEqual([
      'inventory.yaml',
      'journal.jsonl',
      'playbook.yaml',
    ]);
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

  it('resumes from what was undone, and says so', async () => {
    const folder = folderWith({ 'net.yaml': DEAD_INVENTORY });
    const inventory = { file: join(folder, 'net.yaml'), name: 'dead', digest: 'd' };
    const journal = (run: string, events: readonly RunEvent[]) => {
      const lines = events.map((event) => JSON.stringify({ ...event, run, at: '2026-11-21T10:15:00Z' }));
      mkdirSync(join(folder, 'state', 'runs', run), { recursive: true });
      writeFileSync(join(folder, 'state', 'runs', run, 'journal.jsonl'), `${lines.join('\n')}\n`);
    };
    const OLD = '20261121-101500-aaaaaa';
    const { phases } = await loadPlaybook('playbooks/mesh.yaml');
    const names = phases.map(({ name }) => name);
    const nodes = ['a-1', 'b-1'];
    journal(OLD, [
      {
        type: 'run-started',
        command: 'apply',
        inventory,
        playbook: { file: 'mesh.yaml', name: 'mesh', digest: 'p' },
        nodes,
        phases: names.map((name) => ({ name, steps: [], gates: [] })),
      },
      ...names.map((phase): RunEvent => ({ type: 'phase-ended', phase, outcome: 'go', changes: 1 })),
    ]);
    const resume = () =>
      cli(['apply', '--resume', '--yes', '-i', inventory.file, '--state-dir', join(folder, 'state')], folder);
    expect((await resume()).stdout).toBe(`every phase was GO in run ${OLD}: nothing to resume\n`);
    const phase = `undo of ${OLD}`;
    journal('20261121-111500-bbbbbb', [
      {
        type: 'run-started',
        command: 'undo',
        inventory,
        nodes,
        phases: [{ name: phase, steps: [], gates: [] }],
      },
      { type: 'change-started', phase, step: 'kernel', node: 'a-1', summary: 'undo kernel' },
    ]);
    const { code, stdout } = await resume();
    expect(stdout).toMatch(new RegExp(`^run ${OLD} was undone: resuming from kernel\n`));
    expect(code).toBe(EXIT.unreachable);
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
