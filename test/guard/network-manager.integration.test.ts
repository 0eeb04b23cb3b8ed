import base from '../../src/guard/revert/base.sh';
import networkManager from '../../src/guard/revert/network-manager.sh';
import { fakes } from '../layers/wireguard/gates/fakes.js';
import { canMount } from '../support/can-mount.js';
import { describeShells, runScript, type Shell } from '../support/shells.js';

const FILES = '/etc/NetworkManager/system-connections';

/** `home`, `office` and `tunnel` are active at first; what is in `lost` isn't any more until it is activated. */
const NMCLI = `case "$*" in
'-g UUID connection show --active') printf '%s\\n' home office tunnel | grep -vxF "$(cat /run/lost)" ;;
'-g GENERAL.CON-UUID device show lo') echo tunnel ;;
'-g GENERAL.CON-UUID device show'*) echo made-by-others ;;
'-g GENERAL.STATE device show lo') cat /run/state ;;
'device set lo managed yes') echo "nmcli $*" >>/run/calls; echo '30 (disconnected)' >/run/state ;;
'connection up uuid '*) [ ! -e /run/broken ] && { grep -vxF "$4" /run/lost >/run/left; mv /run/left /run/lost; } ;;
*) echo "nmcli $*" >>/run/calls ;;
esac`;

interface Case {
  /** A file that was reverted. */
  readonly changed: string;
  /** Connections that aren't active any more, one per line. */
  readonly lost?: string;
  readonly interfaces?: string;
  readonly more?: string;
}

const script = ({ changed, lost = 'tunnel', interfaces = '', more = '' }: Case): string => `
mkdir -p /run/snapshot/work; : >/run/calls; echo xxx >/run/lost; echo '100 (connected)' >/run/state
${base.replace(/^dir=.*/m, 'dir=/run/snapshot')}
on_systemd() { :; }
confirmed=
${networkManager}
echo yes >"$dir/network.list"
printf '%s\\n' ${interfaces} >"$dir/interfaces.list"
echo uuid=tunnel >${FILES}/wg0.nmconnection
save_connections || exit
printf '%s\\n' '${lost}' >/run/lost
echo '${changed}' >"$work/files"
${more}
revert_connections
cat /run/calls; sed 's/^/reverted: /' "$dir/reverted" 2>/dev/null; sed 's/^/failed: /' "$dir/failed" 2>/dev/null`;

const machine = () => ({
  path: [fakes({ nmcli: NMCLI, systemctl: 'exit 0' })],
  under: ['unshare', '-m', '-n'],
  before: `mount -t sysfs sysfs /sys; mount -t tmpfs tmpfs /run; mount -t tmpfs tmpfs /mnt; mkdir /mnt/upper /mnt/work
mount -t overlay -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work overlay /etc
mkdir -p ${FILES}; mount -t tmpfs tmpfs ${FILES}`,
});
const READS = ['nmcli general reload conf', 'nmcli connection reload'];

describeShells('the connections of NetworkManager', (shell: Shell) => {
  const maybe = canMount ? it : it.skip;
  const lines = (one: Case): string[] => {
    const { stdout, stderr } = runScript(shell, script(one), machine());
    expect(stderr).toBe('');
    return stdout.trim().split('\n');
  };

  maybe('are active again after a revert of its files', () => {
    expect(lines({ changed: `${FILES}/wg0.nmconnection` })).toEqual([
      ...READS,
      'reverted: connection is active again: tunnel',
    ]);
  });

  maybe('are reported if they can’t be activated', () => {
    expect(lines({ changed: '/etc/NetworkManager/conf.d/a.conf', more: ': >/run/broken' }).at(-1)).toBe(
      'failed: connection is not active: tunnel',
    );
  });

  maybe('are left alone if neither a file of it was reverted nor an interface of it touched', () => {
    expect(lines({ changed: '/etc/motd' })).toEqual(['']);
    expect(lines({ changed: '/etc/motd', interfaces: 'eth9' })).toEqual(['']);
  });

  maybe('come back to an interface that it was set to leave alone, before any file was changed', () => {
    const more = "echo '10 (unmanaged)' >/run/state";
    expect(lines({ changed: '/etc/motd', lost: 'tunnel\noffice', interfaces: 'lo', more })).toEqual([
      ...READS,
      'nmcli device set lo managed yes',
      'reverted: NetworkManager manages lo again',
      'reverted: connection is active again: tunnel',
    ]);
  });

  maybe('all come back in a revert of a change that nobody confirmed', () => {
    expect(lines({ changed: '/etc/NetworkManager/conf.d/a.conf', lost: 'home\ntunnel' }).slice(2)).toEqual([
      'reverted: connection is active again: home',
      'reverted: connection is active again: tunnel',
    ]);
  });

  maybe('of other interfaces stay as they are by then in an undo', () => {
    const undo = { lost: 'home\noffice\ntunnel', more: 'confirmed=/run/outcome' };
    const tunnel = [...READS, 'reverted: connection is active again: tunnel'];
    expect(lines({ ...undo, changed: `${FILES}/wg0.nmconnection` })).toEqual(tunnel);
    expect(lines({ ...undo, changed: '/etc/NetworkManager/conf.d/a.conf', interfaces: 'lo' })).toEqual(
      tunnel,
    );
  });
});
