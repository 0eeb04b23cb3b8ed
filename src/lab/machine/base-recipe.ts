import { createHash } from 'node:crypto';
import { command } from '../../remote/quote.js';
import type { Image, Release } from '../types.js';
import enableUnits from './enable-units.sh';

/** Increased when the recipe below changes in a way that the key doesn't include. */
const RECIPE = 1;

/** What a plain Debian server has. No WireGuard: installing it is what gets rehearsed. */
export const BASE_PACKAGES = [
  'ca-certificates',
  'dbus',
  'iproute2',
  'iputils-ping',
  'kmod',
  'openssh-server',
  'procps',
  'sudo',
  'systemd',
  'systemd-sysv',
] as const;

/** What a client has with the WireGuard app installed: wg-quick and everything that it needs for full tunnels and DNS. */
const CLIENT_PACKAGES = [
  'ca-certificates',
  'curl',
  'dbus',
  'iproute2',
  'iputils-ping',
  'kmod',
  'nftables',
  'openresolv',
  'procps',
  'systemd',
  'systemd-sysv',
  'wireguard-go',
  'wireguard-tools',
] as const;

const CLIENT_RELEASE: Release = 'bookworm';

/** `the base image of Debian trixie`, for messages. */
export function imageName(image: Image): string {
  return image === 'client' ? "the clients' base image" : `the base image of Debian ${image}`;
}

export function packagesOf(image: Image): readonly string[] {
  return image === 'client' ? CLIENT_PACKAGES : BASE_PACKAGES;
}

/** New network namespaces inherit the host's settings; a machine that has just booted has the kernel's. */
const KERNEL_DEFAULTS: Readonly<Record<string, number>> = {
  'ipv4/ip_forward': 0,
  'ipv4/conf/all/rp_filter': 0,
  'ipv4/conf/default/rp_filter': 0,
  'ipv4/conf/all/send_redirects': 1,
  'ipv4/conf/default/send_redirects': 1,
  'ipv4/conf/all/accept_redirects': 1,
  'ipv4/conf/default/accept_redirects': 1,
  'ipv6/conf/all/forwarding': 0,
  'ipv6/conf/default/forwarding': 0,
};

const DEFAULTS_UNIT = [
  '[Unit]',
  'Description=Kernel defaults for network settings, as after a boot',
  'DefaultDependencies=no',
  'Before=systemd-sysctl.service systemd-networkd.service sysinit.target',
  '',
  '[Service]',
  'Type=oneshot',
  `ExecStart=/bin/sh -c '${Object.entries(KERNEL_DEFAULTS)
    .map(([key, value]) => `[ ! -e /proc/sys/net/${key} ] || echo ${value} >/proc/sys/net/${key}`)
    .join('; ')}'`,
  '',
].join('\n');

/** Identifies a base: image, packages, mirror and recipe. */
export function baseKey(image: Image, mirror: string | undefined): string {
  const hash = createHash('sha256').update(
    JSON.stringify([RECIPE, packagesOf(image), DEFAULTS_UNIT, mirror ?? '']),
  );
  return `${image}-${hash.digest('hex').slice(0, 12)}`;
}

export interface BaseRequest {
  readonly image: Image;
  readonly mirror: string | undefined;
  /** Its final folder, and the one next to it in which it is built. */
  readonly target: string;
  readonly build: string;
}

/**
 * POSIX sh that builds a base next to its final folder and renames it. apt's lists are kept, so that installing needs no
 * update first.
 */
export function baseScript({ image, mirror, target, build }: BaseRequest): string {
  const mmdebstrap = command(
    'mmdebstrap',
    '--mode=root',
    '--variant=minbase',
    '--skip=cleanup/apt/lists',
    '--aptopt=Acquire::Languages "none"',
    `--include=${packagesOf(image).join(',')}`,
    image === 'client' ? CLIENT_RELEASE : image,
    build,
    ...(mirror === undefined ? [] : [mirror]),
  );
  return `set -eu
build=${command(build)}
[ ! -d ${command(target)} ] || exit 0
rm -rf --one-file-system ${command(target)}.tmp.*
${mmdebstrap}
${finishScript(build)}cd /
sync -f "$build"
mv -T "$build" ${command(target)}
`;
}

/** POSIX sh that makes the tree of a fresh Debian one that many machines can start from; it may run again. */
export function finishScript(tree: string): string {
  return `set -eu
cd ${command(tree)}
rm -f etc/ssh/ssh_host_* etc/resolv.conf etc/hostname var/lib/dbus/machine-id
: >etc/machine-id
units=etc/systemd/system
cat >"$units/bridgehead-lab-defaults.service" <<'UNIT'
${DEFAULTS_UNIT}UNIT
${enableUnits}`;
}
