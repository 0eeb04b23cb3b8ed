import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { jest } from '@jest/globals';
import { pack, User } from './installed.js';
import { folderWithNode, SUPPORTED, TOO_OLD } from './nodes.js';

// The versions of Node are fetched here.
jest.setTimeout(300_000);

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'bridgehead-tarball-'));
const tarball = join(folder, pack(folder).filename);
afterAll(() => rmSync(folder, { recursive: true }));

const fine = (stdout: unknown) => ({ status: 0, stdout, stderr: '' });
const text = (part: string) => expect.stringContaining(part);

describe.each(SUPPORTED)('on Node %s, without a registry, the package', (node) => {
  let user: User;
  beforeAll(() => {
    user = new User(node);
  });
  afterAll(() => user.remove());

  it('is installed globally without a warning, with its manual page', () => {
    expect(user.run('npm', ['install', '--global', '--ignore-scripts', tarball])).toEqual(
      fine(expect.stringMatching(/^\s*added 1 package in /)),
    );
    expect(user.run('npm', ['install', '--global', tarball])).toEqual(
      fine(expect.stringMatching(/^\s*changed 1 package in /)),
    );
    expect(user.run('node', ['--version']).stdout).toMatch(new RegExp(`^v${node}\\.`));
    expect(readdirSync(join(user.prefix, 'lib/node_modules/bridgehead'))).not.toContain('node_modules');
    expect(readFileSync(join(user.prefix, 'share/man/man1/bridgehead.1'), 'utf8')).toMatch(
      /^\.TH BRIDGEHEAD/,
    );
  });

  it('has its version, help and completions', () => {
    expect(user.bridgehead('--version')).toEqual(fine(`${version}\n`));
    expect(user.bridgehead('plan', '--help')).toEqual(fine(text('Usage: bridgehead plan')));
    for (const shell of ['bash', 'fish', 'zsh'])
      expect(user.bridgehead('completion', shell)).toEqual(fine(text('bridgehead')));
  });

  it('finds its examples, schemas and pages', () => {
    expect(user.bridgehead('init', 'mesh')).toEqual(fine(text('wrote inventory.yaml')));
    const [first = ''] = readFileSync(join(user.folder, 'inventory.yaml'), 'utf8').split('\n');
    const schema = /^# yaml-language-server: \$schema=(.+)$/.exec(first)?.[1] ?? 'there is no such line';
    expect(JSON.parse(readFileSync(join(user.folder, schema), 'utf8'))).toHaveProperty('$id');
    expect(user.bridgehead('validate')).toEqual(fine(text('wk-1')));
    expect(user.bridgehead('explain', 'E_LOCKED')).toEqual(fine(text('E_LOCKED')));
    expect(user.bridgehead('plan', '--playbook', 'hubb')).toMatchObject({
      status: 2,
      stderr: text('the playbooks are: edge, firewall, forwards, hub, mesh'),
    });
  });

  it('says what is wrong in an inventory, and where', () => {
    writeFileSync(
      join(user.folder, 'wrong.yaml'),
      'name: a\nnodes: { b: { public: 192.0.2.1, sshh: {} } }\n',
    );
    expect(user.bridgehead('validate', '-i', 'wrong.yaml')).toMatchObject({
      status: 2,
      stderr: text('wrong.yaml:2:34'),
    });
  });

  it('runs by npx', () => {
    copyFileSync(tarball, join(user.folder, basename(tarball)));
    expect(user.run('npx', ['--yes', `./${basename(tarball)}`, '--version'])).toEqual(fine(`${version}\n`));
  });
});

describe('what V8 has compiled of an installed package', () => {
  const user = new User(SUPPORTED[1]);
  const dist = join(user.prefix, 'lib/node_modules/bridgehead/dist/cli');
  const caches = () => readdirSync(dist).filter((name) => name !== 'bridgehead.cjs');
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const readOnly = (isSo: boolean) => chmodSync(dist, isSo ? 0o555 : 0o755);
  beforeAll(() => {
    user.run('npm', ['install', '--global', '--ignore-scripts', tarball]);
    copyFileSync('inventory/phone-home.yaml', join(user.folder, 'inventory.yaml'));
  });
  afterAll(() => user.remove());

  it('is not kept if the package is read-only, and nothing is said', () => {
    readOnly(true);
    expect(user.run('bridgehead', ['validate'], nobody)).toEqual(fine(text('phone')));
    expect(caches()).toEqual([]);
  });

  it('is kept by the first command that succeeds, for this version of Node', () => {
    readOnly(false);
    expect(user.bridgehead('validate', '-i', 'nowhere.yaml').status).toBe(2);
    expect(caches()).toEqual([]);
    expect(user.bridgehead('validate')).toEqual(fine(text('phone')));
    expect(caches()).toEqual([expect.stringMatching(`^v${SUPPORTED[1]}\\..*\\.cache$`)]);
    const { mtimeMs } = statSync(join(dist, String(caches())));
    expect(user.bridgehead('validate')).toEqual(fine(text('phone')));
    expect(statSync(join(dist, String(caches()))).mtimeMs).toBe(mtimeMs);
  });

  it('is left aside by a user who may not read it', () => {
    chmodSync(join(dist, String(caches())), 0o000);
    readOnly(true);
    expect(user.run('bridgehead', ['validate'], nobody)).toEqual(fine(text('phone')));
  });
});

describe.each(TOO_OLD)('Node %s', (node) => {
  it('is refused in one line', () => {
    const program = join(folderWithNode(node), 'node');
    const ended = spawnSync(program, ['bin/bridgehead.js', 'validate'], { encoding: 'utf8' });
    const line = new RegExp(
      `^bridgehead needs Node 20\\.17 or newer; ${program} is ${node}\\.\\d+\\.\\d+\n$`,
    );
    expect(ended).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(line) });
  });
});
