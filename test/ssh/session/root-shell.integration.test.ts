import { execFileSync, spawnSync } from 'node:child_process';
import { shellCommand } from '../../../src/ssh/session/root-shell.js';

const request = { nonce: 'bh12', seconds: 30, mode: undefined, policy: 'auto' } as const;

describe('the exec that becomes a root shell', () => {
  it('is bounded and direct if the login is root', () => {
    expect(shellCommand({ ...request, mode: 'root' })).toBe(
      `sh -c 'LC_ALL=C; export LC_ALL; exec timeout -k 5 30 sh -c "echo bh12:ready:root >&2; exec sh -s"'`,
    );
  });

  it('finds out in one go if that is not known', () => {
    expect(shellCommand(request)).toBe(
      `sh -c 'LC_ALL=C; export LC_ALL; echo bh12:login >&2; ` +
        `if [ "$(id -u)" = 0 ]; then exec timeout -k 5 30 sh -c "echo bh12:ready:root >&2; exec sh -s"; fi; ` +
        `command -v sudo >/dev/null 2>&1 || { echo bh12:no-sudo >&2; exit 126; }; ` +
        `if sudo -n -u root true </dev/null; then exec sudo -n -u root timeout -k 5 30 sh -c "echo bh12:ready:sudo >&2; exec sh -s"; fi; ` +
        `exec sudo -S -k -u root -p bh12:prompt: timeout -k 5 30 sh -c "echo bh12:ready:asked >&2; exec sh -s"'`,
    );
  });

  it('never asks if the inventory says that sudo needs no password', () => {
    expect(shellCommand({ ...request, policy: 'passwordless' })).not.toContain('sudo -S');
  });

  const all = (['root', 'sudo', 'asked', undefined] as const).flatMap((mode) =>
    (['auto', 'passwordless', 'password'] as const).map((policy) =>
      shellCommand({ ...request, mode, policy }),
    ),
  );

  it('is one plain word for any login shell', () => {
    for (const text of all) {
      expect(text).toMatch(/^sh -c '[^'\\!\n]+'$/);
    }
  });

  for (const shell of ['fish', 'tcsh', 'bash', 'dash']) {
    it(`gives a root shell to a login whose shell is ${shell}`, () => {
      const text = shellCommand({ ...request, mode: 'root' });
      const reply = spawnSync(shell, ['-c', text], { input: 'echo $((6 * 7)); exit 5', encoding: 'utf8' });
      expect(reply).toMatchObject({ status: 5, stdout: '42\n', stderr: 'bh12:ready:root\n' });
    });
  }

  it.each(['dash', 'bash', 'busybox'])('is well formed for %s', (shell) => {
    const words = shell === 'busybox' ? ['busybox', 'sh'] : [shell];
    for (const text of all) execFileSync(words[0] ?? shell, [...words.slice(1), '-n', '-c', text]);
  });
});
