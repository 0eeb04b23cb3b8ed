import { command } from '../../remote/quote.js';
import type { MachinePlan } from '../types.js';
import unpackStage from './unpack-stage.sh';

export interface SupervisorPaths {
  readonly base: string;
  /** The machine's folder: `upper`, `work`, `root` and, before its first boot, `stage`. */
  readonly folder: string;
  /** Pins of the namespace in which the machine starts, and of the internet. */
  readonly namespace: string;
  readonly internet: string;
}

/**
 * POSIX sh that acts as a machine's hardware: mounts its disk in its own mount namespace, copies the staged files onto it
 * once, and starts it again whenever it reboots (status 133). Ends when the machine is powered off.
 */
export function supervisorScript(machine: MachinePlan, paths: SupervisorPaths): string {
  const { folder } = paths;
  const overlay = `lowerdir=${paths.base},upperdir=${folder}/upper,workdir=${folder}/work`;
  const nspawn = command(
    'nsenter',
    `--net=${paths.namespace}`,
    '--',
    'systemd-nspawn',
    '--quiet',
    '--settings=no',
    '--register=no',
    '--keep-unit',
    '--boot',
    `--directory=${folder}/root`,
    `--machine=${machine.node}`,
    `--hostname=${machine.node}`,
    '--link-journal=no',
    '--resolv-conf=off',
    '--timezone=off',
    '--bind=/dev/net/tun',
    `--network-bridge=${machine.bridge}`,
    ...(machine.wanLink === undefined ? [] : [`--network-veth-extra=${machine.wanLink}:wan0`]),
  );
  return `set -eu
umask 022
mkdir -p /run/systemd/nspawn
mount -t tmpfs -o mode=0755 tmpfs /run/systemd/nspawn
mount -t overlay -o ${command(overlay)} overlay ${command(`${folder}/root`)}
stage=${command(`${folder}/stage`)}
root=${command(`${folder}/root`)}
${unpackStage}export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
${machine.wanLink === undefined ? '' : plugScript(machine.wanLink, paths)}while :; do
${machine.wanLink === undefined ? '' : '  unplug\n  plug &\n'}  code=0
  ${nspawn} || code=$?
  [ "$code" = 133 ] || exit "$code"
done
`;
}

/**
 * Moves the outer end of `wan0` to the internet as soon as nspawn has made it. The end of the previous boot disappears with
 * the machine's old namespace, which lives as long as any process in it; until then it would be in the way.
 */
function plugScript(link: string, { namespace, internet }: SupervisorPaths): string {
  return `unplug() {
  ${command('nsenter', `--net=${internet}`, '--', 'ip', 'link', 'delete', link)} 2>/dev/null || :
}
plug() {
  tries=0
  until ${command('nsenter', `--net=${namespace}`, '--', 'ip', 'link', 'set', link, 'netns', internet)} 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 400 ] || { echo ${command(`${link} never came`)} >&2; return 1; }
    sleep 0.05
  done
  ${command('nsenter', `--net=${internet}`, '--', 'ip', 'link', 'set', link, 'master', 'wan', 'up')}
}
`;
}

/** Where Debian's `update-ca-certificates` finds certificates that an administrator trusts. */
export const TRUST_FOLDER = '/usr/local/share/ca-certificates';

/** What `update-ca-certificates` would do in a second and more. */
const TRUST = `cat ${TRUST_FOLDER}/bridgehead-lab-*.crt >>/etc/ssl/certs/ca-certificates.crt`;

/** POSIX sh run in the machine's root before its first boot: makes the login, if there is one, and authorizes the keys. */
export function setupScript(
  { login }: MachinePlan,
  authorizedKeys: readonly string[],
  trusted: readonly string[] = [],
): string {
  const lines = [
    'set -eu',
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'export PATH',
    ...(trusted.length === 0 ? [] : [TRUST]),
  ];
  if (login === undefined) return `${lines.join('\n')}\n`;
  const { user, sudo } = login;
  if (user !== 'root') {
    lines.push(
      `id ${command(user)} >/dev/null 2>&1 || useradd --create-home --shell /bin/bash ${command(user)}`,
      `usermod --append --groups sudo ${command(user)}`,
    );
    if (sudo === 'passwordless') {
      lines.push(
        `printf '%s\\n' ${command(`${user} ALL=(ALL:ALL) NOPASSWD: ALL`)} >/etc/sudoers.d/bridgehead-lab`,
      );
      lines.push('chmod 0440 /etc/sudoers.d/bridgehead-lab');
    }
  }
  lines.push(
    `home=$(getent passwd ${command(user)} | cut -d: -f6)`,
    `install -d -m 0700 -o ${command(user)} -g "$(id -gn ${command(user)})" "$home/.ssh"`,
    `cat >"$home/.ssh/authorized_keys" <<'KEYS'`,
    ...authorizedKeys,
    'KEYS',
    `chmod 0600 "$home/.ssh/authorized_keys"`,
    `chown ${command(user)}: "$home/.ssh/authorized_keys"`,
  );
  return `${lines.join('\n')}\n`;
}
