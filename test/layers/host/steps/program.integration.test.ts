import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ProgramParams } from '../../../../src/layers/host/programs/wanted.js';
import { programStep } from '../../../../src/layers/host/steps/program.js';
import type { Change } from '../../../../src/layers/step.js';
import { standalone } from '../../../../src/remote/script.js';
import { describeShells, runScript } from '../../../support/shells.js';
import { NO_FACTS, stepContext } from '../../../support/step-context.js';

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const source = { url: 'https://example.com/x.gz', sha256: 'a'.repeat(64) };

function params(version = '2'): ProgramParams {
  return { name: 'tool', version, sources: { amd64: source, arm64: source } };
}

describe('program: what is asked for', () => {
  const problemsOf = (asked: ProgramParams) => programStep.check?.(stepContext(asked));

  it('knows some programs, and takes their newest version if none is named', () => {
    expect(problemsOf({ name: 'traefik' })).toEqual([]);
    expect(problemsOf({ name: 'caddy', version: '2.10.2' })).toEqual([]);
    expect(problemsOf(params())).toEqual([]);
  });

  it.each([
    [{ name: 'traefic' }, 'unknown program "traefic"; did you mean "traefik"? Any other needs `sources`'],
    [
      { name: 'restic' },
      'unknown program "restic"; known are traefik, caddy, tailscale, tailscaled. Any other needs `sources`',
    ],
    [
      { name: 'caddy', version: '2.11.2' },
      'unknown version 2.11.2 of caddy; the nearest known is 2.11.7 (of 2.11.7, 2.10.2). Any other needs `sources`',
    ],
    [
      { name: 'x', sources: { amd64: source } },
      'has `sources` but no `version`; add the version that they hold',
    ],
    [
      { name: 'x', version: '1', sources: { amd64: { ...source, url: 'https://x.lan:99999/x' } } },
      'the `url` for amd64 is not a URL: https://x.lan:99999/x; check its name and port',
    ],
  ])('refuses %j', (asked, problem) => {
    expect(problemsOf(asked)).toEqual([problem]);
  });
});

describe('program: refusals', () => {
  const refused = (seen: object) =>
    programStep.refuse?.(
      stepContext(params()),
      { architecture: 'amd64', link: 'none', any: false, folder: false, ...seen },
      NO_FACTS,
    );

  it('names the architectures that there are', () => {
    expect(refused({ architecture: 'riscv64' })).toMatchObject([
      { code: 'E_STEP', message: 'there is no tool 2 for riscv64, only for amd64, arm64' },
    ]);
    expect(refused({ architecture: 'arm64' })).toEqual([]);
  });

  it('leaves what somebody else has in its place', () => {
    expect(refused({ link: 'other', other: 'a file of root' })).toMatchObject([
      { code: 'E_NOT_OURS', message: "/usr/local/bin/tool is somebody else's: a file of root" },
    ]);
  });
});

it.each([
  ['x86_64', 'amd64'],
  ['aarch64', 'arm64'],
  ['riscv64', 'riscv64'],
])('sends a machine with %s the build for %s', (machine, architecture) => {
  const parse = programStep.probe(stepContext(params())).parse;
  const stdout = `machine ${machine}\nlink none\nend\n`;
  const seen = parse({ id: 'x', code: 0, stdout, stderr: '' });
  expect(seen.architecture).toBe(architecture);
  const [change] = programStep.plan(stepContext(params()), seen, NO_FACTS);
  expect(change?.parcel?.program.architecture).toBe(architecture === 'riscv64' ? undefined : architecture);
});

describeShells('program: on a machine', (shell) => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'bridgehead-program-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const inRoot = (text: string) =>
    text.replaceAll('/usr/local/', `${root}/`).replaceAll('/var/lib/', `${root}/`);
  const look = (asked: ProgramParams) => {
    const context = stepContext(asked);
    const probe = programStep.probe(context);
    const reply = runScript(shell, inRoot(standalone(probe.script)).replaceAll('$(uname -m)', 'x86_64'));
    const seen = probe.parse({ ...reply, stdout: reply.stdout.replaceAll(`${root}/`, '/usr/local/') });
    return { seen, changes: programStep.plan(context, seen, NO_FACTS) };
  };
  const make = (change: Change | undefined, content?: string) => {
    if (change?.parcel && content !== undefined) {
      const file = inRoot(change.parcel.to);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content, { mode: 0o600 });
    }
    return runScript(shell, inRoot(change?.script ?? 'false'));
  };
  const install = (version: string, content: string) => make(look(params(version)).changes[0], content);
  const program = (version: string) => `${root}/lib/bridgehead/tool/${version}/tool`;

  it('installs what has arrived, and has nothing to do then', () => {
    const { changes } = look(params());
    expect(changes).toMatchObject([{ summary: 'install tool 2', disruption: { level: 'none' } }]);
    expect(changes[0]?.touches?.files).toEqual([
      '/usr/local/lib/bridgehead/tool/2',
      '/usr/local/lib/bridgehead/tool/current',
      '/usr/local/bin/tool',
    ]);
    expect(make(changes[0], '#!/bin/sh\necho two\n')).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(`${root}/bin/tool`, 'utf8')).toContain('echo two');
    expect(readlinkSync(`${root}/lib/bridgehead/tool/current`)).toBe('2');
    expect(statSync(`${root}/bin/tool`).mode & 0o777).toBe(0o755);
    expect(readdirSync(root)).not.toContain('arrived');
    expect(look(params()).changes).toEqual([]);
  });

  it('keeps the version before, and no other that no undo goes back to', () => {
    install('1', 'one');
    install('2', 'two');
    expect(look(params('3')).changes[0]?.summary).toBe('replace tool 2 by 3');
    install('3', 'three');
    expect(readdirSync(`${root}/lib/bridgehead/tool`).sort()).toEqual(['2', '3', 'current']);
    const kept = `${root}/bridgehead/runs/run-1/0001/files${root}/lib/bridgehead/tool`;
    mkdirSync(kept, { recursive: true });
    symlinkSync('2', `${kept}/current`);
    install('4', 'four');
    expect(readdirSync(`${root}/lib/bridgehead/tool`).sort()).toEqual(['2', '3', '4', 'current']);
  });

  it('goes back to a version that is there without having it sent, and makes it newer than what runs', () => {
    install('1', 'one');
    const before = statSync(program('1')).ctimeMs;
    install('2', 'two');
    const { changes } = look(params('1'));
    expect(changes).toMatchObject([{ summary: 'replace tool 2 by 1' }]);
    expect(changes[0]).not.toHaveProperty('parcel');
    expect(make(changes[0]).code).toBe(0);
    expect(readFileSync(`${root}/bin/tool`, 'utf8')).toBe('one');
    expect(statSync(program('1')).ctimeMs).toBeGreaterThan(before);
    expect(look(params('1')).changes).toEqual([]);
  });

  it('notices a file that was changed, one that is gone, and a mode', () => {
    install('2', 'two');
    writeFileSync(program('2'), 'bad');
    const { seen, changes } = look(params());
    expect(seen.file?.sha256).toBe(sumOf('bad'));
    expect(changes).toMatchObject([{ summary: 'install tool 2 again: its file has been changed' }]);
    expect(changes[0]?.touches?.files).not.toContain('/usr/local/lib/bridgehead/tool/2');
    expect(make(changes[0], 'two').code).toBe(0);
    expect(look(params()).changes).toEqual([]);
    chmodSync(program('2'), 0o777);
    expect(look(params()).changes).toMatchObject([{ summary: 'repair tool 2' }]);
    expect(make(look(params()).changes[0]).code).toBe(0);
    expect(look(params()).changes).toEqual([]);
    rmSync(program('2'));
    expect(look(params()).changes).toMatchObject([{ summary: 'install tool 2 again: its file is gone' }]);
  });

  it('has another build sent if the pin is another', () => {
    install('2', 'two');
    const other = { ...source, sha256: 'b'.repeat(64) };
    expect(look({ ...params(), sources: { amd64: other } }).changes[0]?.parcel?.program.build).toEqual(other);
  });

  it.each(['a file', 'a link'])('overwrites nothing of others: %s', (what) => {
    mkdirSync(`${root}/bin`, { recursive: true });
    if (what === 'a file') writeFileSync(`${root}/bin/tool`, 'theirs');
    else symlinkSync('/opt/tool', `${root}/bin/tool`);
    const { seen, changes } = look(params());
    expect(seen).toMatchObject({ link: 'other' });
    expect(seen.other).toMatch(
      what === 'a file' ? /^a file of \S+, written on / : /^a symbolic link to \/opt\/tool$/,
    );
    expect(make(changes[0], 'two')).toMatchObject({
      code: 1,
      stderr: `${root}/bin/tool is not Bridgehead's\n`,
    });
    expect(readdirSync(`${root}/bin`)).toEqual(['tool']);
  });

  it('removes a program, but none that is running and nothing of others', () => {
    const absent: ProgramParams = { name: 'tool', state: 'absent' };
    expect(look(absent).changes).toEqual([]);
    install('1', 'one');
    const { changes } = look(absent);
    expect(changes).toMatchObject([
      {
        summary: 'remove tool 1',
        touches: { files: ['/usr/local/lib/bridgehead/tool', '/usr/local/bin/tool'] },
      },
    ]);
    copyFileSync('/bin/sleep', program('1'));
    const running = spawn(program('1'), ['60'], { stdio: 'ignore' });
    const refused = make(changes[0]);
    running.kill();
    expect(refused).toMatchObject({ code: 1, stderr: `tool is running: process ${running.pid}\n` });
    writeFileSync(`${root}/bin/theirs`, '');
    expect(make({ ...(changes[0] as Change), script: `sleep 0.2\n${changes[0]?.script}` })).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(readdirSync(`${root}/bin`)).toEqual(['theirs']);
    expect(readdirSync(`${root}/lib`)).toEqual([]);
    expect(look(absent).changes).toEqual([]);
  });

  it('refuses to install what has not arrived', () => {
    const reply = make(look(params()).changes[0]);
    expect(reply.code).toBe(1);
    expect(reply.stderr).toContain('tool 2 has not arrived in ');
    expect(look(params()).changes).toMatchObject([{ summary: 'install tool 2' }]);
  });

  it('refuses another program than the one that is pinned', () => {
    const traefik = { name: 'traefik', version: '3.7.15' };
    const reply = make(look(traefik).changes[0], 'not traefik');
    expect(reply.code).toBe(1);
    expect(reply.stderr).toContain(`has SHA-256 ${sumOf('not traefik')} instead of 34bfdfa88e32`);
    expect(readdirSync(`${root}/lib/bridgehead/traefik/3.7.15`)).toEqual([]);
  });
});
