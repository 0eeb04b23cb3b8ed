import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { folderWith } from '../cli/helpers.js';
import { folder } from '../ssh/support/folder.js';
import { makeKey } from '../ssh/support/keys.js';

const { text: KEY, publicKey } = makeKey(folder(), 'key');
let silent: Server;
const open: Socket[] = [];
afterEach(() => {
  for (const socket of open) socket.destroy();
  silent.close();
});

it('a job that is cancelled ends the run cleanly, keeps its report, and leaves no key', async () => {
  silent = createServer((socket) => void open.push(socket));
  const dialled = new Promise((connected) => silent.once('connection', connected));
  await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
  const { port } = silent.address() as AddressInfo;
  const root = folderWith({
    'inventory.yaml': `name: one\nnodes:\n  a-1: { public: 127.0.0.1, ssh: { port: ${port}, user: root } }\n`,
    'look.yaml': 'name: look\nphases:\n  - name: look\n    gates:\n      - reachable:\n',
  });
  for (const name of ['output', 'summary']) writeFileSync(join(root, name), '');
  const child = spawn('sh', [resolve('action/run.sh')], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      BRIDGEHEAD: resolve('bin/bridgehead.js'),
      RUNNER_TEMP: root,
      GITHUB_ACTION_PATH: resolve('.'),
      GITHUB_OUTPUT: join(root, 'output'),
      GITHUB_STEP_SUMMARY: join(root, 'summary'),
      INPUT_COMMAND: 'check',
      INPUT_INVENTORY: 'inventory.yaml',
      INPUT_PLAYBOOK: './look.yaml',
      INPUT_SSH_KEY: KEY,
      INPUT_KNOWN_HOSTS: `[127.0.0.1]:${port} ${publicKey}`,
      INPUT_ACCEPT_NEW: 'false',
      INPUT_SUDO_PASSWORD: '',
      INPUT_ARGUMENTS: '',
    },
  });
  const code = new Promise((ended) => child.once('close', ended));
  await dialled;
  const keys = () => readdirSync(root).filter((name) => name.startsWith('bridgehead-keys.'));
  expect(keys()).toHaveLength(1);
  child.kill('SIGTERM');
  expect(await code).toBe(130);
  expect(keys()).toEqual([]);
  expect(readFileSync(join(root, 'output'), 'utf8')).toContain('exit-code=130\n');
  expect(readFileSync(join(root, 'summary'), 'utf8')).toMatch(/^## ❌ INTERRUPTED/);
});
