import { execFileSync } from 'node:child_process';
import { explainUnwritable } from '../../../../src/layers/shared/failures.js';
import { wireguardKeysStep } from '../../../../src/layers/wireguard/steps/wireguard-keys.js';
import { canMount } from '../../../support/can-mount.js';
import { describeShells, runScript } from '../../../support/shells.js';
import { NO_FACTS, stepContext } from '../../../support/step-context.js';

const hasWg = execFileSync('sh', ['-c', 'command -v wg || true']).length > 0;
const context = stepContext({});
const script = (seen: string): string => {
  const reply = { id: 'p', code: 0, stdout: seen, stderr: '' };
  const [change] = wireguardKeysStep.plan(context, wireguardKeysStep.probe(context).parse(reply), NO_FACTS);
  return change?.script ?? '';
};

/** /etc/wireguard as a file system of its own, which nobody else sees. */
const mounted = (options: string): string =>
  `mkdir -p /etc/wireguard && mount -t tmpfs -o ${options} tmpfs /etc/wireguard`;
const FULL = `${mounted('size=8k')}
printf 'PrivateKey = %044d' 0 >/etc/wireguard/wg0.conf
cat /dev/zero >/etc/wireguard/full 2>/dev/null`;
const NO_INODES = mounted('nr_inodes=1');
const READ_ONLY = mounted('ro');

describeShells('a key where nothing can be written', (shell) => {
  const attempt = (canMount && hasWg ? it : it.skip).each;
  attempt<[string, string, string, string]>([
    ['the disk is full', 'wg0 absent\n', FULL, 'E_DISK_FULL'],
    ['the disk is full, and a key is to be taken over', 'wg0 adoptable\n', FULL, 'E_DISK_FULL'],
    ['no file can be made any more', 'wg0 absent\n', NO_INODES, 'E_DISK_FULL'],
    ['the file system is read-only', 'wg0 absent\n', READ_ONLY, 'E_READ_ONLY'],
    [
      'the file system is read-only, and a key is damaged',
      'wg0 key 600 root root damaged\n',
      READ_ONLY,
      'E_READ_ONLY',
    ],
  ])('says so where %s', (_what, seen, before, code) => {
    const reply = runScript(shell, script(seen), { before, under: ['unshare', '-m'] });
    expect(reply.code).not.toBe(0);
    expect(reply.stderr).not.toMatch(/correct length/);
    expect(explainUnwritable(reply)).toMatchObject({ code });
  });
});

describe('what a disk that can\u2019t be written looks like', () => {
  it.each<[string, string | undefined, RegExp]>([
    ['cat: write error: No space left on device', 'E_DISK_FULL', /the disk of the node is full/],
    ['cat: write error: Disk quota exceeded', 'E_DISK_FULL', /a disk quota of the node is used up/],
    ["mkdir: cannot create directory '/var/lib/x': Read-only file system", 'E_READ_ONLY', /is read-only/],
    ['sh: 3: cannot create /proc/sys/net/ipv4/ip_forward: Read-only file system', undefined, /^/],
    ['something else', undefined, /^/],
  ])('%s', (stderr, code, message) => {
    const explained = explainUnwritable({ stderr });
    expect(explained?.code).toBe(code);
    expect(explained?.message ?? '').toMatch(message);
  });
});
