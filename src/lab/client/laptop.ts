import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Inventory } from '../../model/inventory.js';
import { must, runCommand } from '../host/command.js';
import { trustEnvironment } from '../internet/trust.js';
import { hostKeys } from '../machine/machines.js';
import type { LabPaths } from '../names.js';
import { asGuest, RESOLVER_FILES, writeGuestFiles } from '../network/guest.js';
import { LAPTOP } from '../topology/network.js';
import type { CommandResult, Dial, LabPlan, LaptopRunOptions } from '../types.js';

/** Made once per lab: the laptop's key and the password of every login that needs one. */
export interface LaptopSecrets {
  /** `ssh-ed25519 AAAA... laptop`. */
  readonly publicKey: string;
  readonly password: string;
}

/** Makes the laptop's home with its key, the places at which the inventory expects one, and the sudo password. */
export async function makeLaptop(
  inventory: Inventory,
  plan: LabPlan,
  paths: LabPaths,
  homePaths: readonly string[],
): Promise<LaptopSecrets> {
  const key = join(paths.home, '.ssh/id_ed25519');
  await mkdir(dirname(key), { recursive: true, mode: 0o700 });
  await must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'laptop', '-f', key]);
  for (const path of homePaths) {
    const copy = join(paths.home, path);
    await mkdir(dirname(copy), { recursive: true, mode: 0o700 });
    await copyFile(key, copy);
    await copyFile(`${key}.pub`, `${copy}.pub`);
  }
  const password = randomBytes(18).toString('base64url');
  const passwordFiles = inventory.nodes.flatMap(({ ssh }) =>
    ssh.sudoPasswordFile?.startsWith('~/') ? [join(paths.home, ssh.sudoPasswordFile.slice(2))] : [],
  );
  for (const file of [paths.sudoPassword, ...passwordFiles]) {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, `${password}\n`, { mode: 0o600 });
  }
  const { hosts, resolver } = plan.laptop;
  const passwd = passwdWithHome(await readFile('/etc/passwd', 'utf8'), paths.home);
  await writeGuestFiles(paths.guest(LAPTOP), { hosts, passwd, ...(resolver !== undefined && { resolver }) });
  return { publicKey: (await readFile(`${key}.pub`, 'utf8')).trim(), password };
}

/** OpenSSH takes root's home from the password file, not from $HOME. */
export function passwdWithHome(passwd: string, home: string): string {
  return passwd.replace(/^(root:[^:]*:0:[^:]*:[^:]*:)[^:]*/m, `$1${home}`);
}

/** Fills the laptop's known_hosts with the real keys of every machine, under each name that is used to connect to it. */
export async function writeKnownHosts(plan: LabPlan, paths: LabPaths): Promise<void> {
  const keys = new Map<string, readonly string[]>();
  for (const { node } of plan.machines) keys.set(node, await hostKeys(node, paths));
  await writeFile(join(paths.home, '.ssh/known_hosts'), knownHosts(plan.dials, keys), { mode: 0o600 });
}

/** Lines of a known_hosts file: `host`, or `[host]:port` if the port is not 22; the node's own name as well. */
export function knownHosts(dials: readonly Dial[], keys: ReadonlyMap<string, readonly string[]>): string {
  const lines = dials.flatMap(({ node, host, port }) => {
    const names = [...new Set([host, node])].map((name) => (port === 22 ? name : `[${name}]:${port}`));
    return (keys.get(node) ?? []).map((key) => `${names.join(',')} ${key}\n`);
  });
  return [...new Set(lines)].join('');
}

/** Environment of a command run as the laptop: this one's, without what belongs to the user's own home and agent. */
export function laptopEnvironment(
  base: NodeJS.ProcessEnv,
  paths: LabPaths,
  extra: Readonly<Record<string, string>> = {},
) {
  const foreign = /^(ZX_.*|SSH_.*|XDG_.*|DBUS_.*|GNUPGHOME|https?_proxy|HTTPS?_PROXY|all_proxy|ALL_PROXY)$/;
  const kept = Object.entries(base).filter(([name, value]) => !foreign.test(name) && value !== undefined);
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    HOME: paths.home,
    USER: 'root',
    LOGNAME: 'root',
    BRIDGEHEAD_LAB: paths.lab,
    BRIDGEHEAD_SUDO_PASSWORD_FILE: paths.sudoPassword,
    ...extra,
  };
}

/** Runs a command as the laptop: its network, its home, its hosts file; the working folder stays the same. */
export async function runAsLaptop(
  plan: LabPlan,
  paths: LabPaths,
  argv: readonly string[],
  options: LaptopRunOptions = {},
): Promise<CommandResult> {
  const guest = {
    group: LAPTOP,
    namespace: plan.laptop.namespace,
    folder: paths.guest(LAPTOP),
    files: ['hosts', 'passwd', ...(plan.laptop.resolver === undefined ? [] : RESOLVER_FILES)],
  };
  const trust = trustEnvironment(plan, paths);
  return runCommand(await asGuest(guest, paths, argv), {
    env: laptopEnvironment(process.env, paths, { ...trust, ...options.env }),
    inherit: options.stdio === 'inherit',
    input: options.input,
    signal: options.signal,
    timeoutMs: options.timeoutMs,
  });
}
