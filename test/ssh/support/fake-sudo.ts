import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder } from './folder.js';

/** Takes the options that Bridgehead gives, then does what FAKE_SUDO says, with sudo's own words. */
const SUDO = `#!/bin/sh
echo "$*" >> "$FAKE_LOG"
quiet= prompt=
while :; do
  case $1 in
    -n) quiet=1 ;;
    -S|-k) ;;
    -u) shift ;;
    -p) prompt=$2; shift ;;
    *) break ;;
  esac
  shift
done
say() { echo "$*" >&2; exit 1; }
case $FAKE_SUDO in
  passwordless) exec "$@" ;;
  forgetful) [ -e "$FAKE_LOG.used" ] && [ -n "$quiet" ] && say 'sudo: a password is required'
    [ -n "$quiet" ] && { [ "$1" = true ] || : > "$FAKE_LOG.used"; exec "$@"; } ;;
  sudoers) [ -n "$quiet" ] && say 'sudo: a password is required' ;;
  tty) say 'sudo: sorry, you must have a tty to run sudo' ;;
  setuid) say 'sudo: effective uid is not 0, is sudo installed setuid root?' ;;
  rs) [ -n "$quiet" ] && say 'sudo: interactive authentication is required'; prompt="[sudo: $prompt] Password: " ;;
  silent) [ -n "$quiet" ] && say 'sudo: a password is required'; printf 'Verification code: ' >&2; sleep 60 ;;
  *) [ -n "$quiet" ] && say 'sudo: a password is required' ;;
esac
for try in 1 2 3; do
  printf %s "$prompt" >&2
  IFS= read -r word || say 'sudo: no password was provided'
  if [ "$word" = 'correct horse' ]; then
    [ "$FAKE_SUDO" = sudoers ] && say 'ops is not in the sudoers file.'
    exec "$@"
  fi
  echo 'Sorry, try again.' >&2
done
say 'sudo: 3 incorrect password attempts'
`;

export interface FakeSudo {
  /** Environment in which the login isn’t root and \`sudo\` is the fake one. */
  readonly env: Readonly<Record<string, string>>;
  /** The argv of every call, a line each. */
  readonly calls: () => string[];
}

export function fakeSudo(mode: string): FakeSudo {
  const base = folder();
  const bin = join(base, 'bin');
  const log = join(base, 'log');
  mkdirSync(bin);
  writeFileSync(log, '');
  const write = (name: string, text: string) => {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  };
  write('id', '#!/bin/sh\necho 1000\n');
  if (mode !== 'absent') write('sudo', SUDO);
  const rest = mode === 'absent' ? '' : `:${process.env['PATH']}`;
  if (mode === 'absent')
    for (const name of ['sh', 'timeout', 'echo']) write(name, `#!/bin/sh\nexec /usr/bin/${name} "$@"\n`);
  return {
    env: { PATH: `${bin}${rest}`, FAKE_SUDO: mode, FAKE_LOG: log },
    calls: () => readFileSync(log, 'utf8').split('\n').filter(Boolean),
  };
}
