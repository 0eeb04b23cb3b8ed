import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { BridgeheadError } from '../../core/errors.js';
import { runCommand, TooSlow, tail } from '../host/command.js';
import type { LabPaths } from '../names.js';
import type { CommandResult, ExecOptions, MachinePlan } from '../types.js';
import { groupProcesses } from './cgroups.js';
import { logName } from './launch.js';
import { machineGroup } from './machines.js';

const BOOT_DEADLINE_MS = 90_000;

/** The process that is a machine's own number 1; undefined while there is none. */
export async function leaderOf(node: string, paths: LabPaths): Promise<number | undefined> {
  for (const id of await groupProcesses(paths.lab, machineGroup(node))) {
    const inner = /^NSpid:\s+(.+)$/m.exec(await status(id))?.[1]?.split(/\s+/);
    if (inner !== undefined && inner.length === 2 && inner[1] === '1') return id;
  }
  return undefined;
}

/** Runs a command, or a POSIX sh script, as root in all of a machine's namespaces. E_LAB_MACHINE when it is down. */
export async function execMachine(
  node: string,
  paths: LabPaths,
  command: string | readonly string[],
  { stdio, ...options }: ExecOptions = {},
): Promise<CommandResult> {
  const leader = await leaderOf(node, paths);
  if (leader === undefined) {
    throw new BridgeheadError('E_LAB_MACHINE', `machine ${node} is down`, { node, fix: 'boot it first' });
  }
  const argv = typeof command === 'string' ? ['sh', '-c', command] : command;
  return runCommand(entering(leader, argv), { ...options, inherit: stdio === 'inherit' });
}

function entering(leader: number, argv: readonly string[]): string[] {
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const env = ['env', '-i', path, 'HOME=/root', 'USER=root', 'LANG=C.UTF-8', 'TERM=dumb'];
  return [
    'nsenter',
    `--target=${leader}`,
    '--mount',
    '--uts',
    '--ipc',
    '--net',
    '--pid',
    '--cgroup',
    '--',
    ...env,
    ...argv,
  ];
}

export interface Readiness {
  readonly leader: number;
  /** `running`, or `degraded` with the units that failed. */
  readonly state: string;
  readonly failedUnits: readonly string[];
}

/** The current state of a machine's systemd and sshd, read in one go. */
export async function look(node: string, paths: LabPaths, signal?: AbortSignal) {
  const leader = await leaderOf(node, paths);
  if (leader === undefined) return undefined;
  const script = [
    'systemctl is-system-running',
    "systemctl list-units --state=failed --plain --no-legend | cut -d' ' -f1 | tr '\\n' ' '",
    'echo',
    'bash -c \'exec 3<>/dev/tcp/127.0.0.1/22; read -t 3 -r line <&3; echo "$line"\' 2>&1',
  ].join('\n');
  const { stdout, stderr } = await runCommand(entering(leader, ['sh', '-c', script]), {
    timeoutMs: 20_000,
    signal,
  });
  const [state = '', failed = '', banner = ''] = stdout.split('\n');
  return { leader, state, failedUnits: failed.split(' ').filter((unit) => unit !== ''), banner, stderr };
}

/**
 * Waits until systemd has settled and sshd, if the machine has one, sends its banner. `not` is a leader that is shutting
 * down.
 */
export async function waitReady(
  machine: MachinePlan,
  paths: LabPaths,
  { signal, not }: { readonly signal?: AbortSignal | undefined; readonly not?: number } = {},
): Promise<Readiness> {
  const { node } = machine;
  const deadline = Date.now() + BOOT_DEADLINE_MS;
  let seen = 'it has no process yet';
  for (let pause = 100; Date.now() < deadline; pause = Math.min(pause * 1.3, 1_000)) {
    await sleep(pause, undefined, { signal }).catch((cause) => {
      throw new BridgeheadError('E_INTERRUPTED', `interrupted while machine ${node} booted`, { cause });
    });
    // A machine that is going down may be slow to answer, and its answer doesn't matter.
    if (not !== undefined && (await leaderOf(node, paths)) === not) {
      seen = 'the machine has not gone down yet';
      continue;
    }
    const now = await look(node, paths, signal).catch((error: unknown) => {
      if (error instanceof TooSlow) return error;
      throw error;
    });
    if (now instanceof TooSlow) {
      seen = now.message;
    } else if (now !== undefined) {
      const settled = now.state === 'running' || now.state === 'degraded';
      const heard = machine.sshPorts.length === 0 || now.banner.startsWith('SSH-2.0-');
      if (settled && heard) return now;
      seen = `systemd: ${now.state || tail(now.stderr, 2) || 'silent'}; sshd: ${now.banner || 'silent'}`;
    } else if ((await groupProcesses(paths.lab, machineGroup(node))).length === 0) {
      throw await machineError(machine, paths, `machine ${node} ended before it was up`);
    }
  }
  throw await machineError(
    machine,
    paths,
    `machine ${node} is not up after ${BOOT_DEADLINE_MS / 1000} s (${seen})`,
  );
}

async function machineError(
  { node }: MachinePlan,
  paths: LabPaths,
  message: string,
): Promise<BridgeheadError> {
  const log = paths.log(logName(machineGroup(node)));
  return new BridgeheadError('E_LAB_MACHINE', message, {
    node,
    evidence: tail(await readFile(log, 'utf8')),
    fix: `see ${log}`,
  });
}

async function status(id: number): Promise<string> {
  try {
    return await readFile(`/proc/${id}/status`, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return '';
    throw error;
  }
}
