import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRepository, placesIn } from '../../../src/app/reports/inventory-places.js';
import { cli, DEAD_INVENTORY, folderWith } from '../../cli/helpers.js';
import { textOf } from '../../runner/shards/shard-runs.js';
import { GO_RUN, STOP_RUN } from '../../support/events.js';
import { ioIn } from './helpers.js';

const BROKEN = DEAD_INVENTORY.replace('interface:', 'interfac:');
const FORMATS = ['github', 'gitlab'] as const;
const reports = (folder: string) =>
  FORMATS.flatMap((format) => ['--report', `${format}=${join(folder, format)}`]);

describe('a broken inventory', () => {
  it('is annotated at its lines, though there is no run', async () => {
    const folder = folderWith({ 'net/home.yaml': BROKEN });
    const argv = ['plan', '-i', join(folder, 'net/home.yaml'), ...reports(folder)];
    const { code, stderr } = await cli(argv, folder);
    expect(code).toBe(2);
    expect(stderr).not.toContain('no report was written');
    expect(readFileSync(join(folder, 'github'), 'utf8')).toMatch(
      /\n::error file=net\/home\.yaml,line=7,col=5,title=networks\.mesh\.interfac::unknown key%0Afix: /,
    );
    expect(JSON.parse(readFileSync(join(folder, 'gitlab'), 'utf8'))).toMatchObject([
      { location: { path: 'net/home.yaml', lines: { begin: 7 } } },
    ]);
    // The next run without a mistake leaves nothing of it.
    writeFileSync(join(folder, 'net/home.yaml'), DEAD_INVENTORY);
    expect((await cli(argv, folder)).code).toBe(4);
    expect(readFileSync(join(folder, 'github'), 'utf8')).not.toContain('interfac');
  });

  it('has no other report, and says so', async () => {
    const folder = folderWith({ 'net.yaml': BROKEN });
    const argv = ['plan', '-i', join(folder, 'net.yaml'), ...reports(folder)];
    const { stderr } = await cli([...argv, '--report', `html=${join(folder, 'run.html')}`], folder);
    expect(stderr).toContain('no report was written: there was no run\n');
    expect(stderr).toContain(`wrote ${join(folder, 'github')}\n`);
  });

  it('is not replaced by its own annotations', async () => {
    const folder = folderWith({ 'net.yaml': BROKEN });
    const file = join(folder, 'net.yaml');
    const { code, stderr } = await cli(['plan', '-i', file, '--report', `github=${file}`], folder);
    expect(code).toBe(2);
    expect(stderr).toContain(`error: ${file}  is not replaced; choose another file for the report\n`);
    expect(readFileSync(file, 'utf8')).toBe(BROKEN);
  });
});

it('a sound inventory is not replaced either', async () => {
  const folder = folderWith({ 'net.yaml': DEAD_INVENTORY });
  const file = join(folder, 'net.yaml');
  expect((await cli(['plan', '-i', file, '--report', `gitlab=${file}`], folder)).code).toBe(2);
  expect(readFileSync(file, 'utf8')).toBe(DEAD_INVENTORY);
});

it('a node that is down is annotated where the inventory has it', async () => {
  const folder = folderWith({ 'net.yaml': DEAD_INVENTORY });
  const { code } = await cli(['check', '-i', join(folder, 'net.yaml'), ...reports(folder)], folder);
  expect(code).toBe(4);
  const lines = readFileSync(join(folder, 'github'), 'utf8').split('\n').slice(1, 3);
  expect(lines).toEqual([
    expect.stringMatching(/^::error file=net\.yaml,line=3,col=3,title=FAILED%3A a-1/),
    expect.stringMatching(/^::error file=net\.yaml,line=4,col=3,title=FAILED%3A /),
  ]);
});

describe('report', () => {
  it('annotates an earlier run at where the inventory has its nodes now', async () => {
    const folder = folderWith();
    const inventory = join(folder, 'home.yaml');
    writeFileSync(inventory, '# comment\nnodes:\n  wk-1: {}\n  ctb-edge-1: {}\n');
    const run = textOf(STOP_RUN).replaceAll('/net/home.yaml', inventory);
    writeFileSync(join(folder, 'run.jsonl'), run);
    const { stdout } = await cli(['report', join(folder, 'run.jsonl'), '--github', '-'], folder);
    expect(stdout).toContain(
      '\n::error file=home.yaml,line=4,col=3,title=STOP%3A verify / ping every pair::',
    );
  });

  it('needs no inventory any more', async () => {
    const folder = folderWith({ 'run.jsonl': textOf(GO_RUN) });
    const { code, stdout } = await cli(['report', join(folder, 'run.jsonl'), '--gitlab', '-'], folder);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '[\n]\n' });
  });
});

it.each([
  [{}, '/repo/net/home.yaml', 'net/home.yaml'],
  [{ GITHUB_WORKSPACE: '/' }, '/repo/net/home.yaml', 'repo/net/home.yaml'],
  [{ CI_PROJECT_DIR: '/repo/net' }, 'net/home.yaml', 'home.yaml'],
  [{}, '/elsewhere/home.yaml', '/elsewhere/home.yaml'],
])('with %j, %s is %s in the repository', (env, file, expected) => {
  expect(inRepository(file, { env, cwd: '/repo' })).toBe(expected);
});

it('has no places in a file that is no inventory', () => {
  const folder = folderWith({ 'net.yaml': 'nodes: [a, b]\n', 'no.yaml': '{' });
  for (const name of ['net.yaml', 'no.yaml', 'gone.yaml']) {
    const { nodes } = placesIn(join(folder, name), ioIn(folder).io);
    expect([...nodes.keys()].filter((node) => !/^\d$/.test(node))).toEqual([]);
  }
});
