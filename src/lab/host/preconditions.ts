import { access, statfs } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { BridgeheadError } from '../../core/errors.js';
import { hierarchies } from '../machine/cgroups.js';
import { CACHE_ROOT, DISK_ROOT } from '../names.js';
import type { LabOptions, LabPlan } from '../types.js';
import aptInstall from './apt-install.sh';
import { runCommand, tail } from './command.js';
import { withLock } from './lock.js';

type Tools = Readonly<Record<string, string>>;

/** Commands that every lab runs, and the Debian package that has each. tinyproxy-bin has no service that would start by itself. */
const TOOLS: Tools = {
  mmdebstrap: 'mmdebstrap',
  'systemd-nspawn': 'systemd-container',
  nft: 'nftables',
  tinyproxy: 'tinyproxy-bin',
  socat: 'socat',
  ip: 'iproute2',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  setsid: 'util-linux',
  flock: 'util-linux',
  mount: 'mount',
  bash: 'bash',
  tar: 'tar',
};

/** The same, for what only some labs have. */
const INTERNET_TOOLS = { perl: 'perl', curl: 'curl' };
const AUTHORITY_TOOLS = { pebble: 'pebble', openssl: 'openssl' };
const LOGIN_TOOLS = { openssl: 'openssl' };

/** What the lab of this plan runs. */
export function toolsFor({ internet }: Pick<LabPlan, 'internet'>): Tools {
  if (internet === undefined) return TOOLS;
  return {
    ...TOOLS,
    ...INTERNET_TOOLS,
    ...(internet.authority === undefined ? {} : AUTHORITY_TOOLS),
    ...(internet.login === undefined ? {} : LOGIN_TOOLS),
  };
}

/** What any lab may run. */
export const ALL_TOOLS: Tools = { ...TOOLS, ...INTERNET_TOOLS, ...AUTHORITY_TOOLS, ...LOGIN_TOOLS };

const NEEDED_BYTES = 2 * 1024 ** 3;
const OVERLAYFS = 0x794c7630;
const INSTALL_MS = 10 * 60_000;

/** Everything that keeps this machine from running a lab; empty if nothing does. */
export async function obstacles(): Promise<readonly string[]> {
  if (process.platform !== 'linux')
    return [`needs Linux; this machine runs ${process.platform}: use --driver docker`];
  const found: string[] = [];
  if (process.getuid?.() !== 0)
    found.push(
      'needs root, to create network namespaces and machines: run it with sudo, or with --driver docker',
    );
  if (!(await exists('/dev/net/tun')))
    found.push('/dev/net/tun is missing: `modprobe tun`, or pass the device to this container');
  if ((await hierarchies()).length === 0) {
    found.push(
      'neither a cgroup v2 hierarchy nor a v1 hierarchy named systemd is mounted: `mount -t cgroup2 none /sys/fs/cgroup`',
    );
  }
  for (const folder of [DISK_ROOT, CACHE_ROOT]) found.push(...(await diskObstacles(folder)));
  return found;
}

async function diskObstacles(folder: string): Promise<string[]> {
  const { bavail, bsize, type } = await statfs(await nearestFolder(folder));
  const found: string[] = [];
  if (bavail * bsize < NEEDED_BYTES) {
    found.push(
      `needs 2 GiB of free disk at ${folder}; there are ${Math.floor((bavail * bsize) / 1024 ** 2)} MiB`,
    );
  }
  if (type === OVERLAYFS && folder === DISK_ROOT) {
    found.push(`${folder} is on overlayfs, which cannot hold a machine's disk: mount a volume there`);
  }
  return found;
}

/** Rejects with E_LAB, naming all that is missing; installs Debian packages that are, saying so first. */
export async function ensurePreconditions(options: LabOptions, tools: Tools = TOOLS): Promise<void> {
  const found = [...(await obstacles())];
  const missing = found.length > 0 && process.platform !== 'linux' ? [] : await missingPackages(tools);
  const canInstall = (await onPath('apt-get')) && process.getuid?.() === 0;
  if (missing.length > 0 && !canInstall) {
    found.push(
      `missing programs: ${(await missingTools(tools)).join(', ')} (Debian packages ${missing.join(', ')})`,
    );
  }
  if (found.length > 0) {
    throw new BridgeheadError('E_LAB', 'the lab cannot run here', {
      evidence: found.join('\n'),
      fix: 'fix the above, and try again',
    });
  }
  if (missing.length === 0) return;
  // apt waits for another apt only while that installs, not while it updates its lists.
  await withLock('packages', INSTALL_MS, async () => {
    const wanted = await missingPackages(tools);
    if (wanted.length > 0) await install(wanted, tools, options);
  });
}

async function install(
  packages: readonly string[],
  tools: Tools,
  { log, signal }: LabOptions,
): Promise<void> {
  log(`installing with apt-get: ${packages.join(' ')}`);
  const options = { signal, timeoutMs: INSTALL_MS };
  const result = await runCommand(['sh', '-c', aptInstall, 'sh', ...packages], options);
  if (result.code === 0 && (await missingTools(tools)).length === 0) return;
  throw new BridgeheadError('E_LAB', `apt-get could not install ${packages.join(', ')}`, {
    evidence: tail(result.stderr.trim() === '' ? result.stdout : result.stderr),
    fix: `install them by hand: apt-get install ${packages.join(' ')}`,
  });
}

async function missingTools(tools: Tools): Promise<string[]> {
  const checks = Object.keys(tools).map(async (tool) => ((await onPath(tool)) ? [] : [tool]));
  return (await Promise.all(checks)).flat();
}

async function missingPackages(tools: Tools): Promise<string[]> {
  const packages = (await missingTools(tools)).flatMap((tool) => tools[tool] ?? []);
  return [...new Set(packages)];
}

export async function onPath(tool: string): Promise<boolean> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const checks = await Promise.all(folders.map((folder) => exists(join(folder, tool))));
  return checks.includes(true);
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

async function nearestFolder(folder: string): Promise<string> {
  let at = folder;
  while (!(await exists(at))) at = join(at, '..');
  return at;
}
