import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { relaysFact } from '../../../../src/layers/edge/relays/seen.js';
import { textOf } from '../../../../src/remote/script.js';
import { describeShells, runScript } from '../../../support/shells.js';

const SOCKETS =
  `tcp   LISTEN 0      4096       10.88.0.10%wg0:29787 0.0.0.0:*    users:(("systemd-socket-",pid=PID,fd=3),("systemd",pid=1,fd=45))
tcp   LISTEN 0      128           0.0.0.0:22    0.0.0.0:*    users:(("sshd",pid=999999999,fd=3))
udp   UNCONN 0      0                [::]:29787    [::]:*    users:(("voice",pid=PID,fd=9))
tcp   LISTEN 0      128                 *:26119       *:*
tcp   LISTEN 0      128    [fd42:88::10]:27524    [::]:*    users:(("systemd",pid=1,fd=46))
`.replaceAll('PID', String(process.pid));

describeShells('what there is of relays', (shell) => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgehead-relays-'));
    mkdirSync(join(folder, 'etc/systemd/system'), { recursive: true });
    mkdirSync(join(folder, 'etc/bridgehead/apps'), { recursive: true });
    tool('ss', `cat <<'END'\n${SOCKETS}END`);
    tool('nft', ':');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const tool = (name: string, text: string) => {
    mkdirSync(join(folder, 'bin'), { recursive: true });
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, 'bin', name), 0o755);
  };
  const look = (...ports: readonly number[]) => {
    const { script, parse } = relaysFact(ports);
    const text = textOf(script).replaceAll(/'\/etc\//g, `'${folder}/etc/`);
    return parse(runScript(shell, text, { path: [join(folder, 'bin')] }));
  };

  it('is nothing on a node without any, and nobody is asked', () => {
    tool('systemctl', 'echo asked >&2; exit 1');
    tool('ss', 'echo asked >&2; exit 1');
    const seen = look();
    expect([seen.files.size, seen.units.size, seen.sockets.length]).toEqual([0, 1, 0]);
  });

  it('is those of an inventory', () => {
    expect(look().owner).toBeUndefined();
    writeFileSync(join(folder, 'etc/bridgehead/apps/inventory'), 'home\n');
    expect(look().owner).toBe('home');
    expect([...look().files]).toEqual([]);
  });

  it('is the files of ours, whatever is in them, and their units', () => {
    const text = '[Unit]\nDescription=x\n\n\\n $(id) `id`\n';
    for (const name of ['bridgehead-app-a.socket', 'bridgehead-app-a.service', 'other.service']) {
      writeFileSync(join(folder, 'etc/systemd/system', name), text, { mode: 0o644 });
    }
    writeFileSync(join(folder, 'etc/bridgehead/apps/a.haproxy'), 'listen a\n', { mode: 0o600 });
    tool(
      'systemctl',
      `[ "$*" = 'show -p Id,ActiveState,UnitFileState -- bridgehead-app-a.socket bridgehead-app-a.service' ] || exit 9
printf 'Id=bridgehead-app-a.socket\\nActiveState=active\\nUnitFileState=enabled\\n\\nId=bridgehead-app-a.service\\nActiveState=failed\\nUnitFileState=static\\n'`,
    );
    const seen = look();
    const short = (path: string) => path.slice(folder.length);
    expect([...seen.files].map(([path, file]) => [short(path), file.mode.slice(0, 3), file.text])).toEqual([
      ['/etc/systemd/system/bridgehead-app-a.socket', '644', text],
      ['/etc/systemd/system/bridgehead-app-a.service', '644', text],
      ['/etc/bridgehead/apps/a.haproxy', '600', 'listen a\n'],
    ]);
    expect(seen.units.get('bridgehead-app-a.socket')).toEqual({ active: 'active', enabled: true });
    expect(seen.units.get('bridgehead-app-a.service')).toEqual({ active: 'failed', enabled: false });
  });

  it('is who listens: the process and its unit', () => {
    tool(
      'systemctl',
      `[ "$1" = list-sockets ] || exit 9
echo asked >>${folder}/asked
cat <<'END'
[fd42:88::10]:27524 cups.socket cups.service
10.88.0.10:29787 bridgehead-app-a.socket bridgehead-app-a.service
END`,
    );
    const { sockets, programs } = look(29_787, 26_119, 27_524);
    expect(programs).toContain('nft');
    expect(sockets.map(({ protocol, address, port }) => `${protocol} ${address} ${port}`)).toEqual([
      'tcp 10.88.0.10 29787',
      'tcp 0.0.0.0 22',
      'udp :: 29787',
      'tcp * 26119',
      'tcp fd42:88::10 27524',
    ]);
    expect(sockets[0]).toMatchObject({ unit: 'bridgehead-app-a.socket', program: 'systemd-socket-' });
    expect(sockets[1]).toMatchObject({ pid: '999999999', program: 'sshd' });
    expect(sockets[2]).toMatchObject({ pid: String(process.pid), program: 'voice' });
    expect(sockets[3]).not.toHaveProperty('pid');
    expect(sockets[4]).toMatchObject({ pid: '1', unit: 'cups.socket' });
    // Two of them are systemd's.
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('asked\n');
  });
});
