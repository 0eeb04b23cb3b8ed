import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lab, labDown, labUp } from '../../../src/lab/index.js';
import type { Inventory } from '../../../src/model/inventory.js';
import { bridgehead, changesOf, exec, inventoryAt, ofType, type RunReport } from '../support/bridgehead.js';
import { fillPrograms, PROGRAMS } from '../support/programs.js';

const quiet = { log: () => undefined };
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-program-lab-'));
const file = join(folder, 'inventory.yaml');
const playbook = join(folder, 'playbook.yaml');
const TOOL = '#!/bin/sh\necho "tool one"\n';
const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex');

let inventory: Inventory;
let lab: Lab;

/** Writes a playbook with one step for each program. */
function wants(...programs: readonly object[]): void {
  const steps = programs.map((program) => ({ program }));
  writeFileSync(playbook, JSON.stringify({ name: 'programs', phases: [{ name: 'programs', steps }] }));
}

const tool = (sha256: string) => ({
  name: 'tool',
  version: '1',
  sources: { amd64: { url: `file://${folder}/tool`, sha256 } },
});
const run = (command: string, ...args: readonly string[]): Promise<RunReport> =>
  bridgehead(lab, command, '-i', file, '--json', ...args);
const apply = () => run('apply', '-p', playbook, '--yes', '--programs', PROGRAMS);
const on = (script: string): Promise<string> => exec(lab, 'vps', script);
const summaries = (report: RunReport): string[] =>
  ofType(report, 'step-planned').flatMap(({ changes }) => changes.map(({ summary }) => summary));
const errorsOf = (report: RunReport) => ofType(report, 'run-ended')[0]?.errors ?? [];

beforeAll(async () => {
  writeFileSync(
    file,
    'name: program-suite\ndefaults: { ssh: { user: root } }\nnodes: { vps: { public: 198.51.100.71 } }\n',
  );
  writeFileSync(join(folder, 'tool'), TOOL);
  fillPrograms('traefik', 'traefik=3.7.13');
  inventory = await inventoryAt(file);
  lab = await labUp(inventory, quiet);
});

afterAll(async () => {
  if (inventory) await labDown(inventory, quiet);
  rmSync(folder, { recursive: true, force: true });
});

it('installs a program over SSH, and a second apply changes nothing', async () => {
  wants({ name: 'traefik', version: '3.7.13' });
  const first = await apply();
  expect({ code: first.code, stderr: first.stderr, errors: errorsOf(first) }).toEqual({
    code: 0,
    stderr: '',
    errors: [],
  });
  expect(summaries(first)).toContain('install traefik 3.7.13');
  expect(await on('traefik version')).toMatch(/^Version: +3\.7\.13$/m);
  expect(await on('stat -c "%a %U" /usr/local/lib/bridgehead/traefik/3.7.13/traefik')).toBe('755 root');
  expect(await on('ls /var/lib/bridgehead')).not.toContain('arrived');
  const second = await apply();
  expect({ code: second.code, changes: changesOf(second) }).toEqual({ code: 0, changes: 0 });
});

it('repairs a file that was changed on the node', async () => {
  await on('echo >>/usr/local/lib/bridgehead/traefik/3.7.13/traefik');
  const plan = await run('plan', '-p', playbook);
  expect(summaries(plan)).toEqual(['install traefik 3.7.13 again: its file has been changed']);
  expect((await apply()).code).toBe(0);
  expect(await on('traefik version')).toMatch(/^Version: +3\.7\.13$/m);
  expect(changesOf(await apply())).toBe(0);
});

it('replaces a version by a newer one, and an undo goes back to it', async () => {
  wants({ name: 'traefik' });
  const upgrade = await apply();
  expect(summaries(upgrade)).toContain('replace traefik 3.7.13 by 3.7.15');
  expect(await on('traefik version')).toMatch(/^Version: +3\.7\.15$/m);
  expect(await on('ls /usr/local/lib/bridgehead/traefik')).toBe('3.7.13\n3.7.15\ncurrent');
  const undo = await run('undo', '--yes', upgrade.events[0]?.run ?? '');
  expect({ code: undo.code, errors: errorsOf(undo) }).toEqual({ code: 0, errors: [] });
  expect(await on('traefik version')).toMatch(/^Version: +3\.7\.13$/m);
  expect(await on('ls /usr/local/lib/bridgehead/traefik')).toBe('3.7.13\ncurrent');
  wants({ name: 'traefik', version: '3.7.13' });
  expect(changesOf(await apply())).toBe(0);
});

it('refuses a download that is not what it should be, and changes nothing', async () => {
  wants(tool('a'.repeat(64)));
  const report = await apply();
  expect(report.code).toBe(7);
  expect(errorsOf(report)).toMatchObject([
    { code: 'E_PROGRAM', message: expect.stringContaining('is not what it should be') },
  ]);
  expect(errorsOf(report)[0]?.evidence).toContain(sumOf(TOOL));
  expect(await on('ls /usr/local/bin')).toBe('traefik');
});

it("installs a user's own program, and never in the place of somebody else's", async () => {
  wants(tool(sumOf(TOOL)));
  await on("echo '#!/bin/sh' >/usr/local/bin/tool");
  const refused = await apply();
  expect(refused.code).toBe(3);
  expect(errorsOf(refused)).toMatchObject([{ code: 'E_NOT_OURS' }]);
  await on('rm /usr/local/bin/tool');
  expect((await apply()).code).toBe(0);
  expect(await on('tool')).toBe('tool one');
});

it('removes a program that is no longer wanted, and an undo brings it back', async () => {
  wants({ name: 'tool', state: 'absent' });
  const removal = await apply();
  expect({ code: removal.code, errors: errorsOf(removal) }).toEqual({ code: 0, errors: [] });
  expect(await on('ls /usr/local/bin /usr/local/lib/bridgehead')).not.toContain('tool');
  expect(changesOf(await apply())).toBe(0);
  expect((await run('undo', '--yes', removal.events[0]?.run ?? '')).code).toBe(0);
  expect(await on('tool')).toBe('tool one');
});

it('says what to do about a program that can be had neither here nor from its publisher', async () => {
  wants({ name: 'caddy', version: '2.10.2' });
  const report = await apply();
  expect(report.code).toBe(7);
  expect(errorsOf(report)).toMatchObject([
    { code: 'E_PROGRAM', message: 'caddy 2.10.2 for amd64 could not be downloaded' },
  ]);
  expect(errorsOf(report)[0]?.fix).toContain('bridgehead programs fetch --programs DIR');
});
