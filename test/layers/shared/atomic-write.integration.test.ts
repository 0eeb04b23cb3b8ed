import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { fileFact, holds } from '../../../src/facts/file.js';
import { WRITE_STATUS, writeFileScript } from '../../../src/layers/shared/atomic-write.js';
import { explainUnwritable } from '../../../src/layers/shared/failures.js';
import { canMount } from '../../support/can-mount.js';
import { describeShells, runScript } from '../../support/shells.js';

const CONTENTS: readonly [string, string][] = [
  ['nothing', ''],
  ['no newline at the end', 'a'],
  ['a newline at the end', 'a\n'],
  ['many newlines at the end', 'a\n\n\n'],
  ['only newlines', '\n\n'],
  ['quotes', `it's "quoted" \`here\` $(touch pwned) $HOME\n`],
  ['percent and backslash', '100%s %d \\n \\0 \\\\ \\c end\\\n'],
  ['unicode', 'naïve — 日本語 🜂\n'],
  ['a dash and a dot', '-n\n.\n\n.\n'],
  ['the marks of the probe', 'content\n.\nabsent\n'],
  ['carriage returns and tabs', 'a\r\n\tb\r'],
];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bridgehead-file-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const leftovers = (): string[] => readdirSync(folder).filter((name) => name.startsWith('.bridgehead-'));

describeShells('writing a file', (shell) => {
  const write = (target: string, content: string, before = ':', mode = '0640', under: string[] = []) =>
    runScript(shell, writeFileScript({ path: target, content, mode }), { before, under });
  const probe = (target: string) => {
    const reply = runScript(shell, fileFact(target).script);
    expect(reply).toMatchObject({ code: 0, stderr: '' });
    return fileFact(target).parse(reply);
  };

  it('keeps the old file if what is to use the new one says that it can’t', () => {
    const target = path.join(folder, 'a.conf');
    const test = `grep -q good "$temp" || { echo 'line 1: bad'; false; }`;
    const tested = (content: string) =>
      runScript(shell, writeFileScript({ path: target, content, mode: '0640', test }));
    expect(tested('good\n')).toMatchObject({ code: 0, stdout: '' });
    const { code, stderr } = tested('worse\n');
    expect(code).toBe(WRITE_STATUS.failed);
    expect(stderr).toBe(`line 1: bad\nit would be no use as ${target}\n`);
    expect(readFileSync(target, 'utf8')).toBe('good\n');
    expect(leftovers()).toEqual([]);
  });

  it.each(CONTENTS)('keeps %s, byte for byte, and reads it back', (_name, content) => {
    const target = path.join(folder, "it's a file.conf");
    expect(write(target, content)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(target, 'utf8')).toBe(content);
    const { uid, gid, username } = userInfo();
    expect(probe(target)).toMatchObject({ type: 'file', mode: 0o640, uid, gid, owner: username, content });
    expect(leftovers()).toEqual([]);
  });

  it('clears away what a power cut left of an earlier one, and nothing that is being written', () => {
    const started = readFileSync('/proc/self/stat', 'utf8').split(' ')[21] ?? '';
    const living = `.bridgehead-${process.pid}-${started}-aaaaaa`;
    const reused = `.bridgehead-${process.pid}-1${started}-bbbbbb`;
    for (const name of [living, reused, '.bridgehead-99999999-5-cccccc', '.bridgehead-revert'])
      writeFileSync(path.join(folder, name), 'half');
    expect(write(path.join(folder, 'a'), 'new\n')).toMatchObject({ code: 0, stderr: '' });
    expect(leftovers().sort()).toEqual([living, '.bridgehead-revert'].sort());
  });

  it('replaces a file completely, with its own mode', () => {
    const target = path.join(folder, 'a');
    writeFileSync(target, 'a much longer old text\n');
    chmodSync(target, 0o666);
    expect(write(target, 'new\n', ':', '0600').code).toBe(0);
    expect(readFileSync(target, 'utf8')).toBe('new\n');
    expect(statSync(target).mode & 0o7777).toBe(0o600);
  });

  it('makes missing folders that others can enter', () => {
    const target = path.join(folder, 'b', 'c', 'd.conf');
    expect(write(target, 'x').code).toBe(0);
    expect(statSync(path.dirname(target)).mode & 0o777).toBe(0o755);
  });

  it('keeps the old file and leaves nothing behind when the disk is full', () => {
    const target = path.join(folder, 'a');
    writeFileSync(target, 'old\n');
    const reply = write(target, 'x'.repeat(5000), 'ulimit -f 1');
    expect(reply.code).not.toBe(0);
    expect(readFileSync(target, 'utf8')).toBe('old\n');
    expect(leftovers()).toEqual([]);
  });

  const onFullDisk = canMount ? it : it.skip;
  onFullDisk('says that the disk is full where it is', () => {
    const target = path.join(folder, 'a');
    const reply = write(target, 'x'.repeat(50_000), `mount -t tmpfs -o size=16k tmpfs '${folder}'`, '0600', [
      'unshare',
      '-m',
    ]);
    expect(reply.code).toBe(WRITE_STATUS.failed);
    expect(reply.stderr).toContain('No space left on device');
    expect(explainUnwritable(reply)).toMatchObject({ code: 'E_DISK_FULL' });
  });

  it('replaces a planted symbolic link and leaves what it pointed at alone', () => {
    const victim = path.join(folder, 'victim');
    writeFileSync(victim, 'precious\n');
    const target = path.join(folder, 'link');
    symlinkSync(victim, target);
    expect(probe(target)).toMatchObject({ type: 'symlink' });
    expect(write(target, 'mine\n').code).toBe(0);
    expect(lstatSync(target).isFile()).toBe(true);
    expect(readFileSync(victim, 'utf8')).toBe('precious\n');
  });

  it('replaces a dangling symbolic link', () => {
    const target = path.join(folder, 'link');
    symlinkSync(path.join(folder, 'nowhere'), target);
    expect(write(target, 'mine\n').code).toBe(0);
    expect(existsSync(path.join(folder, 'nowhere'))).toBe(false);
    expect(readFileSync(target, 'utf8')).toBe('mine\n');
  });

  it('refuses a directory, and a link to one', () => {
    const target = path.join(folder, 'dir');
    mkdirSync(target);
    const link = path.join(folder, 'link');
    symlinkSync(target, link);
    for (const each of [target, link]) {
      const reply = write(each, 'x');
      expect(reply).toMatchObject({ code: WRITE_STATUS.isDirectory, stderr: `${each} is a directory\n` });
    }
    expect(readdirSync(target)).toEqual([]);
    expect(probe(target)).toMatchObject({ type: 'directory' });
  });

  it('fails clearly if a folder on the way is a file', () => {
    writeFileSync(path.join(folder, 'a'), '');
    const target = path.join(folder, 'a', 'b');
    const reply = write(target, 'x');
    expect(reply.code).toBe(WRITE_STATUS.failed);
    expect(reply.stderr).toContain(`cannot make the folder of ${target}`);
  });

  it('fails by its own status inside an or-list, where set -e is off', () => {
    const script = `{ ${writeFileScript({ path: `${folder}/a`, content: 'x', mode: '0999' })}\n} || echo "failed $?"`;
    const reply = runScript(shell, script);
    expect(reply.stdout).toBe(`failed ${WRITE_STATUS.failed}\n`);
    expect(leftovers()).toEqual([]);
  });

  it('never shows the content in an argument of a process', () => {
    const traced = runScript(
      shell,
      writeFileScript({ path: `${folder}/a`, content: 'CANARY', mode: '0600' }),
      {
        before: `for tool in cat mktemp stat chmod sync mv; do
real=$(command -v "$tool")
printf '#!/bin/sh\\nprintf "%%s\\\\n" "$0 $*" >>%s\\nexec %s "$@"\\n' '${folder}/trace' "$real" >'${folder}/'"$tool"
chmod 700 '${folder}/'"$tool"
done`,
        path: [folder],
      },
    );
    expect(traced).toMatchObject({ code: 0, stderr: '' });
    const trace = readFileSync(path.join(folder, 'trace'), 'utf8');
    expect(trace).toContain('mktemp');
    expect(trace).not.toContain('CANARY');
  });

  it('reports absence, and reads a large or secret file as a checksum', () => {
    expect(probe(path.join(folder, 'none', 'a'))).toEqual({ type: 'absent' });
    const large = path.join(folder, 'large');
    const content = 'x'.repeat(300_000);
    writeFileSync(large, content);
    const seen = probe(large);
    expect(seen).toMatchObject({ size: 300_000, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(holds(seen, content)).toBe(true);
    expect(holds(seen, `${content}x`)).toBe(false);
    writeFileSync(large, 'CANARY');
    const reply = runScript(shell, fileFact(large, { secret: true }).script);
    expect(reply.stdout).not.toContain('CANARY');
    expect(holds(fileFact(large).parse(reply), 'CANARY')).toBe(true);
  });
});

describe('reading a probe', () => {
  it.each([
    '',
    'present',
    'present 81a4 0 root 0 root 1',
    'present zz 0 root 0 root 1\n',
    'present 81a4 0 root 0 root 1\ncontent\nx',
  ])('refuses %j', (text) => {
    expect(() => fileFact('/x').parse({ id: 'x', code: 0, stdout: text, stderr: '' })).toThrow(
      'no answer about the file',
    );
  });
});
