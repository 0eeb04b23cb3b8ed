import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { folderWith } from '../cli/helpers.js';

/** Runs the step's program, and returns the program that it names, and what that prints. */
function install(action: string, asked: string): { readonly tool: string; readonly prints: string } {
  const root = folderWith({ output: '' });
  execFileSync('sh', [resolve('action/install.sh')], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      HOME: root,
      RUNNER_TEMP: root,
      GITHUB_ACTION_PATH: action,
      GITHUB_OUTPUT: join(root, 'output'),
      INPUT_PACKAGE: asked,
    },
    stdio: 'pipe',
  });
  const [, tool = ''] = /^tool=(.*)$/m.exec(readFileSync(join(root, 'output'), 'utf8')) ?? [];
  return { tool, prints: spawnSync(tool, ['--version'], { encoding: 'utf8' }).stdout };
}

const PACKAGE = JSON.stringify({
  name: 'bridgehead',
  version: '9.9.9',
  bin: { bridgehead: 'bin/bridgehead.js' },
});
const PROGRAM = '#!/usr/bin/env node\nconsole.log("9.9.9");\n';

it('installs the package that is asked for', () => {
  const packed = folderWith({ 'package.json': PACKAGE, 'bin/bridgehead.js': PROGRAM });
  execFileSync('npm', ['pack', '--silent'], { cwd: packed });
  const { tool, prints } = install('/nowhere', join(packed, 'bridgehead-9.9.9.tgz'));
  expect(tool).toMatch(/\/bridgehead\/tool\/bin\/bridgehead$/);
  expect(prints).toBe('9.9.9\n');
});

it('uses its own checkout, which the setup script has built', () => {
  const { tool, prints } = install(resolve('.'), '');
  expect(tool).toBe(resolve('bin/bridgehead.js'));
  expect(prints).toMatch(/^\d+\.\d+\.\d+\n$/);
});
