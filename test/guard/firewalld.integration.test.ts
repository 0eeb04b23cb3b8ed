import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ZONE_PRIORITY } from '../../src/guard/index.js';
import { GUARD_SCRIPT } from '../../src/guard/revert/index.js';
import { describeShells, type Shell } from '../support/shells.js';

/**
 * Keeps each zone's rules and services in files of lines, live and permanently; a flushed one removes nothing. As the
 * real one it takes one kind of item a call.
 */
const FIREWALL_CMD = `#!/bin/sh
when=live
for one; do
  case $one in
    --permanent) when=permanent ;;
    --zone=*) zone=\${one#*=} ;;
    --policy=*) zone=policy ;;
    --reload) cp "$ROOT/permanent/"* "$ROOT/live"; rm -f "$ROOT/flushed"; : >"$ROOT/entries"; exit ;;
    --get-ipsets) echo bans forgetful; exit ;;
    --ipset=forgetful) exit 14 ;;
    --ipset=bans) zone=bans ;;
    --get-entries) cat "$ROOT/entries"; exit ;;
    --list-all-policies) printf 'allow-host-ipv6 (active)\\n  priority: -15000\\n  rich rules: \\n' ;;
    --list-all-zones)
      for file in "$ROOT/$when/"*; do
        case $file in *.services) continue ;; esac
        printf '%s (active)\\n  target: default\\n  services: ' "\${file##*/}"
        tr '\\n' ' ' <"$file.services"
        printf '\\n  masquerade: no\\n  rich rules: \\n'
        sed 's/^/\\t/' "$file"
        echo
      done
      ;;
  esac
done
kinds=$(for one; do case $one in --add-* | --remove-*) echo "\${one%%=*}" ;; esac done | sort -u | wc -l)
[ "$kinds" -le 1 ] || exit 2
for one; do
  list=$ROOT/$when/$zone
  [ "$zone" != bans ] || list=$ROOT/entries
  case $one in *-service=*) list=$list.services ;; esac
  case $one in
    --add-*) echo "\${one#*=}" >>"$list" ;;
    --remove-*)
      [ $when = permanent ] || [ ! -e "$ROOT/flushed" ] || exit 1
      grep -Fxv "\${one#*=}" "$list" >"$ROOT/new"
      mv "$ROOT/new" "$list"
      ;;
  esac
done
`;
const SYSTEMCTL = '#!/bin/sh\n[ ! -e "$ROOT/stopped" ]\n';
/** One that is over at once if firewalld hangs. */
const TIMEOUT = `#!/bin/sh
while [ "$1" != firewall-cmd ] && [ "$1" != xargs ]; do shift; done
echo "$*" >>"$ROOT/asked"
[ ! -e "$ROOT/hung" ] || exit 124
"$@"
`;
/** Shows what firewalld has live in the kernel, unless it was flushed. */
const NFT =
  '#!/bin/sh\n[ "$1" != -f ] || exec cp "$2" "$ROOT/loaded"\n[ ! -e "$ROOT/flushed" ] && echo "$*" && cat "$ROOT/live/"*\n';
/** What the guard calls, without the rest of its snapshot. */
const CALLS = `
mode=fire
keeps_live() { return 0; }
save() { mkdir -p "$work" "$live" && save_firewalld; }
back() { confirmed=$1 && revert_zones && revert_firewalld; }
"$@"
`;

const ours = (port: number): string =>
  `rule priority="${ZONE_PRIORITY}" port port="${port}" protocol="tcp" accept`;
const THEIRS = 'rule family="ipv4" source address="192.0.2.7" reject';

describeShells('the guard where firewalld runs', (shell: Shell) => {
  let root: string;
  const at = (path: string): string => join(root, path);
  const put = (path: string, ...rules: readonly string[]): void =>
    writeFileSync(at(path), rules.map((rule) => `${rule}\n`).join(''));
  const read = (path: string): string[] => readFileSync(at(path), 'utf8').trim().split('\n');
  const guard = (call: string, ...more: readonly string[]): void => {
    const [program, ...args] = shell.argv;
    const { status, stderr } = spawnSync(program, [...args, at('runs/r/0001/guard.sh'), call, ...more], {
      encoding: 'utf8',
      env: { PATH: `${at('bin')}:${process.env['PATH'] ?? ''}`, ROOT: root },
    });
    expect([status, stderr]).toEqual([0, '']);
  };
  const said = (): string[] => ['reverted', 'failed'].flatMap((list) => read(`runs/r/0001/${list}`));
  const LIVE = "firewalld's live rules reverted";

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'bridgehead-zones-'));
    for (const folder of ['bin', 'live', 'permanent', 'runs/r/0001'])
      mkdirSync(at(folder), { recursive: true });
    const tools = { 'firewall-cmd': FIREWALL_CMD, nft: NFT, systemctl: SYSTEMCTL, timeout: TIMEOUT };
    for (const [tool, text] of Object.entries(tools)) writeFileSync(at(`bin/${tool}`), text, { mode: 0o755 });
    const path = spawnSync('sh', ['-c', `command -v ${shell.argv[0]}`], { encoding: 'utf8' }).stdout.trim();
    symlinkSync(path, at('bin/sh'));
    const main = GUARD_SCRIPT.lastIndexOf('\nmode=$1\n');
    writeFileSync(at('runs/r/0001/guard.sh'), GUARD_SCRIPT.slice(0, main) + CALLS);
    for (const list of ['reverted', 'failed']) put(`runs/r/0001/${list}`);
    put('live/public', THEIRS, ours(22));
    put('live/public.services', 'ssh', 'dhcpv6-client');
    put('permanent/public', ours(22));
    put('permanent/public.services', 'ssh');
    for (const empty of ['dmz', 'dmz.services', 'policy']) {
      put(`live/${empty}`);
      put(`permanent/${empty}`);
    }
    put('entries', '192.0.2.9');
    guard('save');
    put('asked');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('has firewalld take back our rules, and leaves those of others, live ones too', () => {
    put('live/public', THEIRS, ours(443));
    put('permanent/public', ours(22), ours(443), ours(80), THEIRS);
    put('live/dmz', ours(22));
    guard('back');
    expect(read('live/public')).toEqual([THEIRS, ours(22)]);
    expect(read('permanent/public')).toEqual([ours(22), THEIRS]);
    expect(read('live/dmz')).toEqual(['']);
    expect(said()).toEqual(["firewalld's permanent rules reverted", LIVE, '']);
  });

  it('brings back what a change has removed live, of whatever kind', () => {
    put('live/public');
    put('live/public.services', 'http');
    put('live/dmz.services', 'ssh');
    guard('back');
    expect(read('live/public').sort()).toEqual([ours(22), THEIRS].sort());
    expect(read('live/public.services').sort()).toEqual(['dhcpv6-client', 'ssh']);
    expect(read('live/dmz.services')).toEqual(['']);
    expect(said()).toEqual([LIVE, '']);
  });

  it('reloads a firewalld that can take nothing back, and then brings back what was only live', () => {
    put('flushed');
    put('live/public', THEIRS, ours(22), ours(443));
    guard('back');
    expect(read('live/public')).toEqual([ours(22), THEIRS]);
    expect(read('live/public.services')).toEqual(['ssh', 'dhcpv6-client']);
    expect(said()).toEqual([LIVE, '']);
  });

  it('reloads a firewalld whose rules the kernel has lost', () => {
    put('flushed');
    guard('back');
    expect(() => read('flushed')).toThrow();
    expect(read('live/public')).toEqual([ours(22), THEIRS]);
    expect(said()).toEqual([LIVE, '']);
  });

  it('leaves to others, once confirmed, what they have changed since, and to firewalld what the kernel has of it', () => {
    put('live/public', ours(443), 'rule service name="http" accept');
    put('live/public.services', 'http');
    guard('back', 'outcome');
    expect(read('live/public')).toEqual(['rule service name="http" accept', ours(22)]);
    expect(read('live/public.services')).toEqual(['http']);
    expect(said()).toEqual([LIVE, '']);
  });

  it('brings back entries of its sets, and leaves those that came', () => {
    put('entries', '192.0.2.7');
    guard('back');
    expect(read('entries')).toEqual(['192.0.2.7', '192.0.2.9']);
    put('flushed');
    guard('back');
    expect(read('entries')).toEqual(['192.0.2.9']);
  });

  it('reloads it for what only a reload changes', () => {
    writeFileSync(at('bin/firewall-cmd'), FIREWALL_CMD.replace('target: default', 'target: DROP'));
    guard('back');
    expect(read('asked')).toContain('firewall-cmd --reload');
    expect(said()).toEqual(['', "firewalld's live rules not reverted"]);
  });

  it('doesn’t miss, once confirmed, our rules of a zone that somebody has removed since', () => {
    for (const one of ['live/public', 'live/public.services']) rmSync(at(one));
    guard('back', 'outcome');
    expect(said()).toEqual(['', '']);
  });

  it('asks one that hangs only once', () => {
    put('hung');
    guard('back');
    expect(read('asked')).toHaveLength(1);
    expect(said()).toEqual(['', "firewalld doesn't answer"]);
  });

  it('loads its rules as anybody’s if it doesn’t come back', () => {
    put('stopped');
    put(
      'runs/r/0001/live/nft',
      'table inet mine {',
      '}',
      'table inet firewalld { # progname firewalld',
      '\tflags owner,persist',
      '\tchain x {',
      '\t}',
      '}',
    );
    guard('back');
    expect(read('loaded')).toEqual(['table inet firewalld {', '\tchain x {', '\t}', '}']);
    expect(said()).toEqual(["the kernel has firewalld's rules again, and firewalld doesn't run", '']);
  });

  it('keeps nothing if it hangs', () => {
    put('hung');
    expect(() => guard('save')).toThrow();
  });

  it('says what firewalld refuses', () => {
    put('live/public', THEIRS, ours(22), ours(443));
    writeFileSync(at('bin/firewall-cmd'), FIREWALL_CMD.replace('-le 1', '-le 0'));
    guard('back');
    expect(said()).toEqual(['', "firewalld's live rules not reverted"]);
  });

  it('says nothing if nothing has changed', () => {
    guard('back');
    expect(said()).toEqual(['', '']);
  });
});
