import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { type FileParams, fileStep } from '../../../../src/layers/host/steps/file.js';
import { writeFileScript } from '../../../../src/layers/shared/atomic-write.js';
import { describeShells, runScript } from '../../../support/shells.js';
import { NO_FACTS, stepContext } from '../../../support/step-context.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bridgehead-file-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const { uid, gid } = userInfo();
const owner = String(uid);
const group = String(gid);
const reply = (stdout: string) => ({ id: 'f', code: 0, stdout, stderr: '' });

function plan(params: FileParams, stdout: string) {
  const context = stepContext(params);
  return fileStep.plan(context, fileStep.probe(context).parse(reply(stdout)), NO_FACTS);
}

const present = (content: string, status = '81a4 0 root 0 root'): string =>
  `present ${status} ${Buffer.byteLength(content)}\ncontent\n${content}\n.\n`;

describe('file: check', () => {
  const check = (params: FileParams) => fileStep.check?.(stepContext(params, { folder }));

  it.each<[FileParams, string[]]>([
    [{ path: '/etc/a', content: 'x' }, []],
    [{ path: '/etc/a', state: 'absent' }, []],
    [{ path: 'etc/a', content: '' }, ['path "etc/a" is not absolute; begin it with /']],
    [{ path: '/etc/../a', content: '' }, ['path "/etc/../a" is not normalised; write "/a"']],
    [{ path: '/etc//a/', content: '' }, ['path "/etc//a/" is not normalised; write "/etc/a"']],
    [{ path: '/', content: '' }, ['path "/" is the root folder; name a file']],
    [{ path: '/a\nb', content: '' }, ['path "/a\\nb" contains control characters']],
    [{ path: '/a' }, ['needs `content`, `source`, or `state: absent`']],
    [{ path: '/a', content: '', source: 'b' }, ['has both `content` and `source`; keep one']],
    [
      { path: '/a', content: '', state: 'absent' },
      ['`state: absent` cannot be used with `content` or `source`; remove them'],
    ],
    [{ path: '/a', content: 'a\0b' }, ['the content contains a NUL byte; only text can be sent']],
    [
      { path: '/a', content: 'x'.repeat(1_048_577) },
      ['the content has 1048577 bytes; at most 1048576 can be sent'],
    ],
    [{ path: '/a', source: 'none' }, ['source none is not there']],
    [
      { path: '/a', source: '.' },
      ["source . is outside the playbook's folder; put the file next to the playbook"],
    ],
    [
      { path: '/a', source: '../../etc/passwd' },
      ["source ../../etc/passwd is outside the playbook's folder; put the file next to the playbook"],
    ],
  ])('judges %j', (params, problems) => {
    expect(check(params)).toEqual(problems);
  });

  it('collects every problem', () => {
    expect(check({ path: 'a', content: '{{ no.such }}\0' })).toHaveLength(3);
  });

  it('judges local files', () => {
    writeFileSync(path.join(folder, 'latin'), Buffer.from([0x63, 0xe9]));
    writeFileSync(path.join(folder, 'large'), 'x'.repeat(1_048_577));
    mkdirSync(path.join(folder, 'dir'));
    symlinkSync('/etc/passwd', path.join(folder, 'out'));
    expect(check({ path: '/a', source: 'latin' })).toEqual(['source latin is not UTF-8 text']);
    expect(check({ path: '/a', source: 'large' })).toEqual([
      'source large has 1048577 bytes; at most 1048576 can be sent',
    ]);
    expect(check({ path: '/a', source: 'dir' })).toEqual(['source dir is not a regular file']);
    expect(check({ path: '/a', source: 'out' })?.[0]).toContain("is outside the playbook's folder");
  });
});

describe('file: plan', () => {
  it.each<[string, FileParams, string]>([
    ['the same content', { path: '/a', content: 'x\n' }, present('x\n')],
    ['an owner named by its number', { path: '/a', content: 'x', owner: '0', group: 'root' }, present('x')],
    ['a four-digit mode', { path: '/a', content: 'x', mode: '0600' }, present('x', '8180 0 root 0 root')],
    ['absence', { path: '/a', state: 'absent' }, 'absent\n'],
  ])('has nothing to do for %s', (_name, params, seen) => {
    expect(plan(params, seen)).toEqual([]);
  });

  it('fills templates in and shows the difference', () => {
    const params: FileParams = { path: '/etc/motd', content: 'here is {{ node.name }}\n', mode: '0640' };
    expect(plan(params, present('old\n'))).toEqual(
      [
        {
          summary: 'write /etc/motd',
          disruption: { level: 'none' },
          touches: { files: ['/etc/motd'] },
          guarded: false,
          diff: '--- /etc/motd\n+++ /etc/motd\n-old\n+here is ms-1\n',
          script: writeFileScript({
            path: '/etc/motd',
            content: 'here is ms-1\n',
            mode: '0640',
            owner: 'root',
            group: 'root',
          }),
        },
      ].map((change) => ({ ...change, diff: change.diff.trimEnd() })),
    );
  });

  it.each([
    ['absent\n', 'create /a'],
    ['present a1ff 0 root 0 root 7\n', 'replace the symbolic link /a'],
    ['present 41ed 0 root 0 root 4096\n', 'write /a'],
    ['present 1180 0 root 0 root 0\n', 'replace /a'],
  ])('for %j plans to %s', (seen, summary) => {
    expect(plan({ path: '/a', content: 'x\n' }, seen)).toMatchObject([
      { summary, diff: '--- /a\n+++ /a\n+x' },
    ]);
  });

  it('says of a file that is new, and of no other, that it creates it, and with which mode', () => {
    const [made] = plan({ path: '/a', content: 'x\n', mode: '755' }, 'absent\n');
    expect(made?.creates).toEqual({ path: '/a', mode: '0755' });
    const [written] = plan({ path: '/a', content: 'x\n' }, present('y\n'));
    expect(written?.creates).toBeUndefined();
  });

  it('changes mode and owner without writing', () => {
    expect(plan({ path: '/a', content: 'x', mode: '4755', owner: 'nobody' }, present('x'))).toEqual([
      {
        summary: 'set mode and owner of /a: 0644 root:root -> 4755 nobody:root',
        disruption: { level: 'none' },
        touches: { files: ['/a'] },
        guarded: false,
        script: "'chown' 'nobody:root' '/a' && 'chmod' '4755' '/a'",
      },
    ]);
  });

  it.each([
    ['/etc/ssh/sshd_config.d/x.conf', true],
    ['/root/.ssh/authorized_keys', true],
    ['/etc/sudoers', true],
    ['/etc/sshx', false],
    ['/srv/app.conf', false],
  ])('guards what decides whether people get in: %s, %j', (path, guarded) => {
    expect(plan({ path, content: 'x' }, 'absent\n')[0]).toMatchObject({
      guarded,
      touches: { files: [path] },
    });
  });

  it('never shows a secret', () => {
    const params: FileParams = { path: '/a', content: 'CANARY-new', secret: true };
    const sum = `present 81a4 0 root 0 root 9\nsha256 ${'0'.repeat(64)}\n`;
    for (const seen of [sum, 'absent\n']) {
      const [change] = plan(params, seen);
      expect(change?.summary).toMatch(/^(write|create) \/a \(its content is not shown\)$/);
      expect(change).not.toHaveProperty('diff');
    }
    expect(plan({ path: '/a', state: 'absent', secret: true }, sum)[0]).not.toHaveProperty('diff');
  });

  it('refuses a probe that failed', () => {
    const context = stepContext<FileParams>({ path: '/a', content: '' });
    expect(() =>
      fileStep.probe(context).parse({ id: 'f', code: 1, stdout: '', stderr: 'stat: denied' }),
    ).toThrow('/a could not be read (exit status 1)');
  });
});

describeShells('file: on a machine', (shell) => {
  const apply = (params: FileParams) => {
    const context = stepContext(params, { folder });
    const look = () =>
      fileStep.plan(
        context,
        fileStep.probe(context).parse(runScript(shell, fileStep.probe(context).script)),
        NO_FACTS,
      );
    const changes = look();
    const replies = changes.map(({ script }) => runScript(shell, script));
    return { context, changes, replies, after: look() };
  };

  it('converges in one go, whatever stood there', () => {
    const target = path.join(folder, 'sub', 'a.conf');
    const params: FileParams = {
      path: target,
      content: "{{ node.name }}: it's\n",
      mode: '0600',
      owner,
      group,
    };
    const first = apply(params);
    expect(first.replies).toMatchObject([{ code: 0, stderr: '' }]);
    expect(first.after).toEqual([]);
    expect(readFileSync(target, 'utf8')).toBe("ms-1: it's\n");

    chmodSync(target, 0o666);
    const before = statSync(target).mtimeMs;
    const second = apply(params);
    expect(second.changes.map(({ summary }) => summary)[0]).toMatch(
      /^set mode and owner of .*: 0666 .* -> 0600 /,
    );
    expect(second.after).toEqual([]);
    expect(statSync(target).mtimeMs).toBe(before);

    const removed = apply({ path: target, state: 'absent' });
    expect(removed.changes).toHaveLength(1);
    expect(removed.after).toEqual([]);
  });

  it('sends a local file as it is, braces and all', () => {
    writeFileSync(path.join(folder, 'source.txt'), '\ufeff{{ .Names }}\n');
    const target = path.join(folder, 'target');
    expect(apply({ path: target, source: 'source.txt', owner, group }).after).toEqual([]);
    expect(readFileSync(target)).toEqual(readFileSync(path.join(folder, 'source.txt')));
  });

  it('says what to do about a directory in its place', () => {
    const target = path.join(folder, 'dir');
    mkdirSync(target);
    const { context, replies } = apply({ path: target, content: 'x', owner, group });
    const failed = replies[0];
    if (!failed) throw new Error('nothing was planned');
    expect(fileStep.explain?.(context, failed)).toEqual({
      code: 'E_STEP',
      message: `${target} is a directory`,
      fix: `remove the directory ${target} on the node, or choose another path for the step`,
    });
    const removal = apply({ path: target, state: 'absent' });
    expect(removal.replies[0]?.code).not.toBe(0);
  });
});
