import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { quote } from '../../../src/remote/quote.js';
import { runScript, type Shell } from '../../support/shells.js';

/** What a change is tried on: its script, and the files that the node has, by path; a folder ends in a slash. */
export interface Trial {
  readonly summary: string;
  readonly script: string;
  readonly files: Readonly<Record<string, string>>;
}

/** A command, as it was called, and the status of the script in which it alone failed. */
export interface Failure {
  readonly call: string;
  readonly code: number;
}

/** Paths of a node, which are in the test's own folder. */
const PATHS = /(?<![\w.*}"])\/(?=(?:etc|run|proc\/sys|sys\/class|usr\/local|var\/lib)\b)/g;

/** Commands of which only the call is recorded, with what they print. */
const PRETENDED: Readonly<Record<string, string>> = {
  chown: ':',
  dnsmasq: ':',
  dpkg: ':',
  find: 'case "$*" in *-execdir*) ;; *) command find "$@" ;; esac',
  ip: `case "$*" in
'link del dev wg0') command rm -rf "$root/sys/class/net/wg0" ;;
'-4 rule show pref 5000') echo '5000: from 172.27.15.99 iif wg0 fwmark 0/0x10000000 prohibit' ;;
esac`,
  ip6tables: ':',
  iptables: `case "$*" in *-C*) return 1 ;; *-S*) echo '-A DOCKER-USER -i wg0 -m comment --comment bridgehead-wg0 -j ACCEPT' ;; esac`,
  journalctl: ':',
  nft: ':',
  perl: ':',
  setpriv: ':',
  sleep: ':',
  sync: ':',
  sysctl: ':',
  systemctl: `case "$*" in *list-unit-files*) echo wg-quick@.service ;; is-enabled*) echo enabled ;; *'show -p ActiveState'*) echo ActiveState=active ;; esac`,
  tailscale: ':',
  // Always with `-k SECONDS` here.
  timeout: 'shift 3; "$@"',
  ufw: `case "$*" in 'show added') echo "ufw route allow in on wg0 comment 'bridgehead-wg0'" ;; esac`,
  useradd: ':',
  userdel: ':',
  wg: 'case $1 in genkey) echo key ;; pubkey) read -r key && echo "$key" ;; esac',
};
/** The same, of those whose name no function can have. */
const DASHED: Readonly<Record<string, string>> = {
  'apt-cache': `echo 'htop:'; echo '  Candidate: 3.2'`,
  'apt-get': ':',
  'firewall-cmd': ':',
  'unbound-checkconf': ':',
};
/** Commands that do their work in the folder. */
const REAL = ['cat', 'chmod', 'cp', 'echo', 'ln', 'mkdir', 'mv', 'printf', 'rm', 'rmdir', 'sed'];

/** Calls that change something: where one fails, its change has failed. Others read, and may fail. */
const CHANGING = [
  /^(?:apt-get|chmod|chown|cp|ln|mkdir|mktemp|mv|rm|sync|useradd|userdel)\b/,
  /^cat$/,
  /^(?:dnsmasq --test|unbound-checkconf) /,
  /^find .* -execdir /,
  /^firewall-cmd (?:.*--(?:add|remove)-rich-rule=|--reload)/,
  /^setpriv\b/,
  /^(?:echo|printf %s\\n) [0-9]$/,
  /^ip6?tables .*-[DI] /,
  /^ip .*\b(?:add|del|replace|set)\b/,
  /^nft (?:-f|add|delete)\b/,
  /^sed -i /,
  /^sysctl .*-w /,
  /^systemctl (?:daemon-reload|disable|enable|reload|reload-or-restart|restart|start|stop)\b/,
  /^tailscale (?:set|up)\b/,
  /^ufw (?:allow|delete|reload|route|--force)/,
  /^wg (?:set|genkey)\b/,
];

/** Records a call of one line, which fails where it is `$broken`. */
const SPY = `spy() {
case $* in *'
'*) return ;; esac
command printf '%s\\n' "$*" >&8
[ "$*" != "$broken" ] || return 3
}
`;
/** Functions named like the commands. */
const TOOLS = [
  SPY,
  // Its names must be the same each time, and hold no id of a process.
  `mktemp() {
for last; do :; done
made=\${last%/*}/temporary
spy mktemp "$made" || return
case $1 in -d) command mkdir "$made" ;; *) : >"$made" ;; esac
command printf '%s\\n' "$made"
}`,
  // The texts' paths are longer here than their script was built for.
  `stat() { case "$*" in '-c %s '*) command printf '%s' "$bytes" ;; *) command stat "$@" ;; esac; }`,
  // Calls are known again by their text, which may have the time.
  `date() { case "$*" in +%s) command printf '1700000000\\n' ;; *) command date "$@" ;; esac; }`,
  ...Object.entries(PRETENDED).map(([name, does]) => `${name}() { spy ${name} "$@" || return; ${does}; }`),
  ...REAL.map((name) => `${name}() { spy ${name} "$@" || return; command ${name} "$@"; }`),
].join('\n');

/** Runs the script with every command doing its work, then once for each call that changes something, which then fails. */
export function failEachCall(shell: Shell, { script, files }: Trial): { code: number; failures: Failure[] } {
  const folder = mkdtempSync(join(tmpdir(), 'bridgehead-failures-'));
  try {
    const root = join(folder, 'root');
    const inRoot = (text: string): string => text.replaceAll(PATHS, `${root}/`);
    mkdirSync(join(root, 'run'), { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      const file = inRoot(path);
      mkdirSync(path.endsWith('/') ? file : dirname(file), { recursive: true });
      if (!path.endsWith('/')) writeFileSync(file, inRoot(text));
    }
    for (const [name, does] of Object.entries(DASHED)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${SPY}spy ${name} "$@" || exit\n${does}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    cpSync(root, join(folder, 'pristine'), { recursive: true });
    const attempts = (calls: readonly string[]): readonly string[] =>
      runScript(
        shell,
        `root=${root} broken=
export root broken
${TOOLS}
attempt() {
broken=$1
command rm -rf "$root" && command cp -R ${join(folder, 'pristine')} "$root" || exit 99
( eval "$script" ) </dev/null >/dev/null 2>&1
}
script=${quote(inRoot(script))}
${calls.map((call) => `attempt ${quote(call)} 8>${folder}/calls; command printf '%s\\n' $?`).join('\n')}`,
        { path: [folder] },
      ).stdout.split('\n');
    const [code = ''] = attempts(['']);
    const shown = (call: string): string => call.replaceAll(root, '');
    const calls = [...new Set(readFileSync(join(folder, 'calls'), 'utf8').split('\n'))].filter((call) =>
      CHANGING.some((one) => one.test(shown(call))),
    );
    const codes = attempts(calls);
    const failures = calls.map((call, index) => ({
      call: shown(call),
      code: Number.parseInt(codes[index] ?? '', 10),
    }));
    return { code: Number.parseInt(code, 10), failures };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
