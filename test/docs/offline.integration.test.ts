import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isCommand } from './commands.js';
import { ALL } from './scenes/index.js';
import { OFFLINE } from './scenes/offline.js';
import { actsIn, type Scene } from './scenes/scene.js';
import { shapeProblem } from './shape.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** The folder, the home and the programs that a scene's reader has. */
function build({ files = {}, programs = {} }: Scene): { folder: string; env: NodeJS.ProcessEnv } {
  const root = mkdtempSync(join(tmpdir(), 'bridgehead-docs-'));
  folders.push(root);
  const [folder, home, bin] = ['folder', 'home', 'bin'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [folder, home, bin]) mkdirSync(path);
  for (const [name, text] of Object.entries(files)) {
    const path = name.startsWith('~/') ? join(home, name.slice(2)) : join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  symlinkSync(resolve('bin/bridgehead.js'), join(bin, 'bridgehead'));
  return { folder, env: { ...process.env, HOME: home, PATH: `${bin}:${process.env['PATH']}` } };
}

/** Runs commands in one shell, and returns the exit code and the output of each. */
function run(scene: Scene, commands: readonly string[]): { exit: number; output: string[] }[] {
  const { folder, env } = build(scene);
  const script = commands.map((text) => `${text}\nprintf '\\n@@%s\\n' $?\n`).join('');
  const argv = [
    '--noprofile',
    '--norc',
    '-o',
    'pipefail',
    '-c',
    `exec 2>&1\n${scene.setup ?? ''}\n${script}`,
  ];
  const { stdout, error } = spawnSync('bash', argv, { cwd: folder, env, encoding: 'utf8', timeout: 60_000 });
  if (error !== undefined) throw error;
  return [...stdout.matchAll(/([\s\S]*?)\n@@(\d+)\n/g)].map(([, output = '', exit]) => ({
    exit: Number(exit),
    output: output.split('\n'),
  }));
}

describe('the commands of the pages that need no machines', () => {
  it.each(OFFLINE.map((scene) => [scene.of, scene] as const))('%s', (_of, scene) => {
    const commands = actsIn(scene, ALL).filter(isCommand);
    const texts = commands.map(({ text }) => text);
    const results = scene.isApart ? texts.flatMap((text) => run(scene, [text])) : run(scene, texts);
    expect(results).toHaveLength(commands.length);
    for (const [index, { page, line, text, exit, output }] of commands.entries()) {
      const result = results[index];
      const where = `${page}:${line}: ${text}`;
      expect(
        `${where} exits with ${result?.exit}\n${result?.exit === exit ? '' : result?.output.join('\n')}`,
      ).toBe(`${where} exits with ${exit}\n`);
      if (output.length > 0) expect(shapeProblem(output, result?.output ?? [])).toBeUndefined();
    }
  });
});
