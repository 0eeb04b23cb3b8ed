import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { atBoot, overruledAtBoot, placeOf } from '../../../../src/layers/host/kernel/at-boot.js';
import {
  BOOT_SETTINGS,
  type BootSettings,
  isReadAtBoot,
  parseBootSettings,
  withFile,
} from '../../../../src/layers/host/kernel/boot-settings.js';
import { canMount } from '../../../support/can-mount.js';
import { describeShells, runScript } from '../../../support/shells.js';

function settings(files: Readonly<Record<string, string>>): BootSettings {
  return Object.entries(files).reduce(
    (all, [file, text]) => withFile(all, file, text),
    parseBootSettings([]),
  );
}

const RP = 'net.ipv4.conf.all.rp_filter';
const UFW_ON = { '/etc/ufw/ufw.conf': 'ENABLED=yes' };

describe('a kernel value after the next boot', () => {
  it.each<[string, Readonly<Record<string, string>>, string, string | undefined]>([
    ['nobody sets it', { '/etc/sysctl.d/a.conf': 'kernel.panic = 1' }, RP, undefined],
    [
      'the last name wins, whatever the folder',
      { '/etc/sysctl.d/99-a.conf': `${RP} = 2`, '/usr/lib/sysctl.d/zz.conf': `\n${RP}=1` },
      RP,
      '1 at /usr/lib/sysctl.d/zz.conf, line 2',
    ],
    [
      'of two files with one name, /etc has it, even when it is empty',
      {
        '/etc/sysctl.d/zz.conf': '',
        '/usr/lib/sysctl.d/zz.conf': `${RP}=1`,
        '/run/sysctl.d/a.conf': `${RP}=2`,
      },
      RP,
      '2 at /run/sysctl.d/a.conf, line 1',
    ],
    [
      'Debian 12’s link stands for /etc/sysctl.conf',
      { '/etc/sysctl.d/99-bridgehead.conf': `${RP} = 2`, '/etc/sysctl.d/99-sysctl.conf': `# x\n${RP} = 0` },
      RP,
      '0 at /etc/sysctl.conf (as /etc/sysctl.d/99-sysctl.conf), line 2',
    ],
    [
      'slashes, and a minus that forgives failure',
      { '/etc/sysctl.d/z.conf': '-net/ipv4/conf/eth0.200/rp_filter = 1' },
      'net.ipv4.conf.eth0/200.rp_filter',
      '1 at /etc/sysctl.d/z.conf, line 1',
    ],
    [
      'a wildcard sets what no line names',
      { '/etc/sysctl.d/z.conf': 'net.ipv4.conf.*.rp_filter = 1' },
      RP,
      '1 at /etc/sysctl.d/z.conf, line 1',
    ],
    [
      'a line that names the key wins over a later wildcard',
      { '/etc/sysctl.d/a.conf': `${RP} = 2`, '/etc/sysctl.d/z.conf': 'net.ipv4.conf.*.rp_filter = 1' },
      RP,
      '2 at /etc/sysctl.d/a.conf, line 1',
    ],
    [
      'a line `-key` keeps the wildcard away',
      { '/etc/sysctl.d/a.conf': `-${RP}`, '/etc/sysctl.d/z.conf': 'net.ipv4.conf.*.rp_filter = 1' },
      RP,
      undefined,
    ],
    [
      'the same switch by its other name',
      {
        '/etc/sysctl.d/a.conf': 'net.ipv4.ip_forward=1',
        '/etc/sysctl.d/b.conf': 'net.ipv4.conf.all.forwarding=0',
      },
      'net.ipv4.ip_forward',
      '0 at /etc/sysctl.d/b.conf, line 1',
    ],
    [
      'a switch for all interfaces sets each',
      { '/etc/sysctl.d/a.conf': 'net.ipv6.conf.eth0.forwarding=0\nnet.ipv6.conf.all.forwarding=1' },
      'net.ipv6.conf.eth0.forwarding',
      '1 at /etc/sysctl.d/a.conf, line 2',
    ],
    [
      'UFW comes after all',
      {
        ...UFW_ON,
        '/etc/sysctl.d/zz.conf': `${RP} = 2`,
        '/etc/ufw/sysctl.conf': 'net/ipv4/conf/all/rp_filter=1',
      },
      RP,
      '1 at /etc/ufw/sysctl.conf, line 1',
    ],
    [
      'UFW that is off sets nothing',
      {
        '/etc/ufw/ufw.conf': 'ENABLED=no',
        '/etc/sysctl.d/zz.conf': `${RP} = 2`,
        '/etc/ufw/sysctl.conf': 'net/ipv4/conf/all/rp_filter=1',
      },
      RP,
      '2 at /etc/sysctl.d/zz.conf, line 1',
    ],
    [
      'UFW that was pointed at another file leaves its own alone',
      {
        ...UFW_ON,
        '/etc/default/ufw': 'IPT_SYSCTL=/etc/sysctl.conf',
        '/etc/sysctl.d/99-sysctl.conf': `${RP} = 0`,
        '/etc/sysctl.d/zz.conf': `${RP} = 2`,
        '/etc/ufw/sysctl.conf': 'net/ipv4/conf/all/rp_filter=1',
      },
      RP,
      '0 at /etc/sysctl.conf (as /etc/sysctl.d/99-sysctl.conf), line 1',
    ],
    [
      'an assignment that is repeated with another value is made last',
      { '/etc/sysctl.d/a.conf': `${RP}=1\n${RP}=2\n${RP} = 2` },
      RP,
      '2 at /etc/sysctl.d/a.conf, line 2',
    ],
  ])('%s', (_title, files, key, expected) => {
    const value = atBoot(settings(files), key);
    expect(value && `${value.value} at ${placeOf(value)}`).toBe(expected);
  });

  it('names the line that wins, and what to do with it', () => {
    const both = settings({
      '/etc/sysctl.d/99-x.conf': `${RP}=2`,
      '/etc/sysctl.d/zz-local.conf': `${RP} = 1`,
    });
    expect(overruledAtBoot(both, RP, 2)).toEqual({
      seen: `/etc/sysctl.d/zz-local.conf, line 1 sets ${RP} = 1 at the next boot`,
      fix: `remove that line from /etc/sysctl.d/zz-local.conf, or change it to ${RP} = 2`,
    });
    expect(overruledAtBoot(both, RP, '1')).toBeUndefined();
    expect(overruledAtBoot(both, 'kernel.panic', 1)).toBeUndefined();
  });

  it.each([
    ['/etc/sysctl.d/a.conf', true],
    ['/etc/sysctl.conf', true],
    ['/etc/sysctl.d/a.txt', false],
    ['/etc/sysctl.d/x/a.conf', false],
    ['/etc/motd', false],
  ])('whether %s is read: %s', (file, expected) => {
    expect(isReadAtBoot(file)).toBe(expected);
  });
});

describeShells('the files that set kernel values', (shell) => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'bridgehead-boot-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const mounted = canMount ? it : it.skip;
  mounted('are read where they lie, masks and links included', () => {
    for (const name of ['sysctl.d', 'ufw']) mkdirSync(path.join(folder, name));
    writeFileSync(path.join(folder, 'sysctl.conf'), '# a comment\n  ; another\n net.ipv4.ip_forward=0 \n');
    symlinkSync('../sysctl.conf', path.join(folder, 'sysctl.d/99-sysctl.conf'));
    symlinkSync('/dev/null', path.join(folder, 'sysctl.d/50-default.conf'));
    writeFileSync(
      path.join(folder, 'sysctl.d/latin.conf'),
      Buffer.from([0x6b, 0x2e, 0x70, 0x3d, 0xe4, 0x0a]),
    );
    writeFileSync(path.join(folder, 'ufw/ufw.conf'), 'ENABLED=yes\n');
    writeFileSync(path.join(folder, 'ufw/sysctl.conf'), 'net/ipv4/conf/all/rp_filter=1\n');
    const before = `mount --bind '${folder}' /etc`;
    const reply = runScript(shell, BOOT_SETTINGS.script, { under: ['unshare', '-m'], before });
    expect(reply).toMatchObject({ code: 0, stderr: '' });
    const boot = parseBootSettings(reply.stdout.split('\n'));
    expect(boot.files.get('/etc/sysctl.d/50-default.conf')).toEqual([]);
    expect(boot.files.has('/etc/sysctl.d/latin.conf')).toBe(true);
    expect(atBoot(boot, 'net.ipv4.ip_forward')).toEqual({
      value: '0',
      file: '/etc/sysctl.d/99-sysctl.conf',
      line: 3,
    });
    expect(atBoot(boot, 'net.ipv4.conf.all.rp_filter')?.file).toBe('/etc/ufw/sysctl.conf');
  });

  it('reads without an error if there are none', () => {
    expect(runScript(shell, BOOT_SETTINGS.script)).toMatchObject({ code: 0, stderr: '' });
  });
});
