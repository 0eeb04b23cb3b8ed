import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { must } from '../host/command.js';
import type { LabPaths } from '../names.js';
import { INTERNET } from '../topology/network.js';
import type { MachinePlan } from '../types.js';
import { launch } from './launch.js';
import { setupScript, supervisorScript, TRUST_FOLDER } from './supervisor.js';

const HOST_KEY_TYPES = ['ed25519', 'ecdsa'] as const;

export interface MachineAccess {
  readonly authorizedKeys: readonly string[];
  readonly password: string;
  /** Certificates, as PEM, that its programs trust besides Debian's. */
  readonly trusted: readonly string[];
}

/** Lays out a machine's disk: an empty upper layer and, staged for its first boot, all that makes it this node. */
export async function stageMachine(
  machine: MachinePlan,
  paths: LabPaths,
  access: MachineAccess,
  signal?: AbortSignal,
): Promise<void> {
  const folder = paths.machine(machine.node);
  for (const part of ['upper', 'work', 'root', 'host-keys', 'stage/tree']) {
    await mkdir(join(folder, part), { recursive: true, mode: part === 'upper' ? 0o755 : 0o700 });
  }
  const place = async (path: string, content: string, mode: number) => {
    const full = join(folder, 'stage/tree', path);
    await mkdir(dirname(full), { recursive: true, mode: 0o755 });
    await writeFile(full, content, { mode });
  };
  for (const { path, content, mode } of machine.files) await place(path, content, mode);
  await place('/etc/machine-id', `${randomBytes(16).toString('hex')}\n`, 0o444);
  for (const type of machine.sshPorts.length === 0 ? [] : HOST_KEY_TYPES) {
    const key = join(folder, 'host-keys', `ssh_host_${type}_key`);
    await must(['ssh-keygen', '-q', '-t', type, '-N', '', '-C', `root@${machine.node}`, '-f', key], {
      signal,
    });
    await place(`/etc/ssh/ssh_host_${type}_key`, await readFile(key, 'utf8'), 0o600);
    await place(`/etc/ssh/ssh_host_${type}_key.pub`, await readFile(`${key}.pub`, 'utf8'), 0o644);
    await rm(key);
  }
  for (const [index, certificate] of access.trusted.entries())
    await place(`${TRUST_FOLDER}/bridgehead-lab-${index}.crt`, certificate, 0o644);
  await writeFile(
    join(folder, 'stage/setup.sh'),
    setupScript(machine, access.authorizedKeys, access.trusted),
    {
      mode: 0o700,
    },
  );
  if (machine.login?.sudo === 'password' && machine.login.user !== 'root') {
    await writeFile(join(folder, 'stage/passwords'), `${machine.login.user}:${access.password}\n`, {
      mode: 0o600,
    });
  }
}

/** Switches a machine on. */
export async function startMachine(machine: MachinePlan, base: string, paths: LabPaths): Promise<void> {
  const script = supervisorScript(machine, {
    base,
    folder: paths.machine(machine.node),
    namespace: paths.namespace(machine.namespace),
    internet: paths.namespace(INTERNET),
  });
  const file = paths.machine(machine.node, 'supervisor.sh');
  await writeFile(file, script, { mode: 0o700 });
  await launch(paths, machineGroup(machine.node), [
    'unshare',
    '--mount',
    '--propagation',
    'private',
    'sh',
    file,
  ]);
}

export function machineGroup(node: string): string {
  return `machines/${node}`;
}

/** A machine's public host keys, `ssh-ed25519 AAAA...`. */
export async function hostKeys(node: string, paths: LabPaths): Promise<readonly string[]> {
  const folder = paths.machine(node, 'host-keys');
  const files = (await readdir(folder))
    .filter((name) => name.endsWith('.pub'))
    .sort()
    .reverse();
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.map((text) => text.trim().split(' ').slice(0, 2).join(' '));
}
