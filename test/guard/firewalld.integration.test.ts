import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ZONE_PRIORITY } from '../../src/guard/index.js';
import { FIREWALLD_GUARD_SCRIPT } from '../../src/guard/revert/index.js';
import { describeShells, type Shell } from '../support/shells.js';

/** Keeps each zone's rules in a file of lines, live and permanently; a flushed one removes nothing. */
const FIREWALL_CMD = `#!/bin/sh
when=live
for one; do
  case $one in
    --permanent) when=permanent ;;
    --zone=*) zone=\${one#*=} ;;
    --reload) cp "$ROOT/permanent/"* "$ROOT/live"; rm -f "$ROOT/flushed"; exit ;;
    --list-all-zones)
      for file in "$ROOT/$when/"*; do
        printf '%s (active)\\n  target: default\\n  rich rules: \\n' "\${file##*/}"
        sed 's/^/\\t/' "$file"
        echo
      done
      ;;
  esac
done
for one; do
  case $one in
    --add-rich-rule=*) echo "\${one#*=}" >>"$ROOT/$when/$zone" ;;
    --remove-rich-rule=*)
      [ $when = permanent ] || [ ! -e "$ROOT/flushed" ] || exit 1
      grep -Fxv "\${one#*=}" "$ROOT/$when/$zone" >"$ROOT/new"
      mv "$ROOT/new" "$ROOT/$when/$zone"
      ;;
  esac
done
`;
/** What the guard calls, without the rest of its snapshot. */
const CALLS = `
mode=fire
confirmed=
keeps_live() { return 0; }
save() { mkdir -p "$work" "$live" && save_zones; }
back() { revert_zones && reload_zones; }
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
  const guard = (call: string): void => {
    const [program, ...args] = shell.argv;
    const { status, stderr } = spawnSync(program, [...args, at('runs/r/0001/guard.sh'), call], {
      encoding: 'utf8',
      env: { PATH: `${at('bin')}:${process.env['PATH'] ?? ''}`, ROOT: root },
    });
    expect([status, stderr]).toEqual([0, '']);
  };
  const said = (): string[] => ['reverted', 'failed'].flatMap((list) => read(`runs/r/0001/${list}`));

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'bridgehead-zones-'));
    for (const folder of ['bin', 'live', 'permanent', 'runs/r/0001'])
      mkdirSync(at(folder), { recursive: true });
    writeFileSync(at('bin/firewall-cmd'), FIREWALL_CMD);
    writeFileSync(at('bin/systemctl'), '#!/bin/sh\n');
    for (const tool of ['firewall-cmd', 'systemctl']) chmodSync(at(`bin/${tool}`), 0o755);
    const path = spawnSync('sh', ['-c', `command -v ${shell.argv[0]}`], { encoding: 'utf8' }).stdout.trim();
    symlinkSync(path, at('bin/sh'));
    const main = FIREWALLD_GUARD_SCRIPT.lastIndexOf('\nmode=$1\n');
    writeFileSync(at('runs/r/0001/guard.sh'), FIREWALLD_GUARD_SCRIPT.slice(0, main) + CALLS);
    for (const list of ['reverted', 'failed']) put(`runs/r/0001/${list}`);
    put('live/public', THEIRS, ours(22));
    put('permanent/public', ours(22));
    put('live/dmz');
    put('permanent/dmz');
    guard('save');
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
    expect(said()).toEqual(["firewalld's live rules reverted", "firewalld's permanent rules reverted", '']);
  });

  it('reloads a firewalld that can take nothing back', () => {
    put('flushed');
    put('live/public', THEIRS, ours(22), ours(443));
    guard('back');
    expect(read('live/public')).toEqual([ours(22)]);
    expect(said()).toEqual(["firewalld's live rules reverted by a reload", '']);
  });

  it('says nothing if nothing has changed', () => {
    guard('back');
    expect(said()).toEqual(['', '']);
  });
});
