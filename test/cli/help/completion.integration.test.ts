import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { folderWith } from '../helpers.js';

/** Passes completion on to the program, and shows the words that any other command was given. */
const STAND_IN = `#!/bin/sh
[ "$1" != __complete ] || exec ${process.execPath} ${resolve('bin/bridgehead.js')} "$@"
printf 'GOT'
printf '<%s>' "$@"
echo
`;
const script = (shell: string) => resolve(`completions/bridgehead.${shell}`);

/** How each shell is started, with a prompt that says when it reads keys. */
const SHELLS = {
  bash: {
    files: { rc: `PS1='READY> '\nbind 'set enable-bracketed-paste off'\nsource ${script('bash')}\n` },
    command: 'bash --rcfile rc -i',
  },
  zsh: {
    files: {
      '.zshrc': `autoload -Uz compinit\ncompinit -u -D\nPS1='READY> '\nsource ${script('zsh')}\n`,
    },
    command: 'zsh -i',
  },
  fish: {
    files: { 'rc.fish': `function fish_prompt\n  echo 'READY> '\nend\nsource ${script('fish')}\n` },
    command: "fish --no-config -C 'source rc.fish'",
  },
} as const;

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill();
});

/** Types keys at the shell's first prompt on a terminal of its own; answers the words that the command then got. */
function wordsAfter(shell: keyof typeof SHELLS, keys: string): Promise<string[]> {
  const { files, command } = SHELLS[shell];
  const folder = folderWith({
    'bin/bridgehead': STAND_IN,
    'inventory.yaml': 'nodes: { ms-1: {}, wk-1: {} }\nsites: { home: {} }\n',
    ...files,
  });
  chmodSync(join(folder, 'bin/bridgehead'), 0o755);
  const env = {
    ...process.env,
    PATH: `${folder}/bin:${process.env['PATH']}`,
    HOME: folder,
    ZDOTDIR: folder,
    TERM: 'xterm',
  };
  const child = spawn('script', ['-qfec', command, '/dev/null'], { cwd: folder, env });
  running.push(child);
  return new Promise((done, fail) => {
    let seen = '';
    let typed = false;
    child.stdout.on('data', (data: Buffer) => {
      seen += data.toString();
      if (!typed && seen.includes('READY> ')) {
        typed = true;
        child.stdin.write(`${keys}\r`);
      }
      const got = /GOT<(.*)>\r?\n/.exec(seen)?.[1];
      if (got !== undefined) done(got.split('><'));
    });
    child.on('error', fail);
    child.on('close', () => fail(new Error(`${shell} ended: ${seen}`)));
  });
}

describe.each(['bash', 'zsh', 'fish'] as const)('%s', (shell) => {
  it('reads its script without a complaint', () => {
    const { status, stderr } = spawnSync(shell, ['-n', script(shell)], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('completes commands, options, nodes and files', async () => {
    const words = await wordsAfter(shell, 'bridgehead unl\tms\t--inv\tinventory.y\t');
    expect(words.filter(Boolean)).toEqual(['unlock', 'ms-1', '--inventory', 'inventory.yaml']);
  });

  it('completes what comes after = and :', async () => {
    const words = await wordsAfter(shell, 'bridgehead plan --only=w\t--phase=tun\t');
    expect(words.filter(Boolean)).toEqual(['plan', '--only=wk-1', '--phase=tunnel']);
    const place = await wordsAfter(shell, 'bridgehead lab run --at router:h\t');
    expect(place.filter(Boolean)).toEqual(['lab', 'run', '--at', 'router:home']);
  });
});

it('is a script that shellcheck takes, for bash', () => {
  const { status, stdout } = spawnSync('shellcheck', ['--shell=bash', script('bash')], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});
