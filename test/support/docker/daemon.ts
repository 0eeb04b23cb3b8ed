import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CommandOptions, must, runCommand, tail } from '../../../src/lab/host/command.js';
import type { CommandResult } from '../../../src/lab/types.js';
import { DOCKER_CACHE, dockerPrograms } from './programs.js';

const GROUP = 'bridgehead-docker';
const START_MS = 60_000;
const STOP_MS = 20_000;
/** For another test run that has the images open. */
const LOCK_SECONDS = 900;

export interface DockerDaemon {
  /** What the client needs: PATH, DOCKER_HOST and DOCKER_CONFIG, beside this process's own. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs the client; any exit status is an answer. */
  docker(args: readonly string[], options?: Omit<CommandOptions, 'env'>): Promise<CommandResult>;
  /** The same, for what has to succeed: its output. */
  must(args: readonly string[], options?: Omit<CommandOptions, 'env'>): Promise<string>;
  /** Ends it with all of its containers; its images stay. */
  stop(): Promise<void>;
}

/**
 * Starts a Docker of our own, whose images outlive it in the cache: one at a time on this machine, others wait. Its containers,
 * mounts and processes are in namespaces that end with it, or with this process.
 *
 * With the pin of a network `namespace`, its bridges and rules are made there. Without, it has the host's network and makes
 * neither: only for `build` and `run` with `--network=host`.
 */
export async function startDocker({
  namespace,
}: {
  readonly namespace?: string;
} = {}): Promise<DockerDaemon> {
  const programs = await dockerPrograms();
  const run = await mkdtemp('/run/bridgehead-docker-');
  const socket = join(run, 'docker.sock');
  const log = join(run, 'log');
  const env = {
    ...process.env,
    ...programs,
    DOCKER_HOST: `unix://${socket}`,
    DOCKER_CONFIG: join(run, 'client'),
    DOCKER_BUILDKIT: '1',
  };
  await mkdir(join(DOCKER_CACHE, 'data'), { recursive: true, mode: 0o711 });
  // Instead of the machine's own configuration.
  await writeFile(join(run, 'daemon.json'), '{}');
  const child = launch(daemonWords(run, socket, namespace), env, log);
  try {
    await answers(child, socket, log);
    // What a daemon that was killed has left.
    for (const kind of ['container', 'network', 'volume'])
      await must(['docker', kind, 'prune', '--force'], { env });
  } catch (error) {
    await end(child, run);
    throw error;
  }
  return {
    env,
    docker: (args, options) => runCommand(['docker', ...args], { ...options, env }),
    must: (args, options) => must(['docker', ...args], { ...options, env }),
    stop: () => end(child, run),
  };
}

function daemonWords(run: string, socket: string, namespace: string | undefined): string[] {
  const lock = ['flock', '--no-fork', '--timeout', String(LOCK_SECONDS), join(DOCKER_CACHE, 'lock')];
  // Not `ip netns exec`: that mounts another /sys, without the cgroups.
  const network = namespace === undefined ? [] : ['nsenter', `--net=${namespace}`];
  const apart = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const noNetwork = ['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false'];
  return [
    ...['setpriv', '--pdeathsig', 'KILL', ...lock, ...network, ...apart],
    'dockerd',
    `--host=unix://${socket}`,
    `--data-root=${join(DOCKER_CACHE, 'data')}`,
    `--exec-root=${join(run, 'exec')}`,
    `--pidfile=${join(run, 'pid')}`,
    `--config-file=${join(run, 'daemon.json')}`,
    `--cgroup-parent=/${GROUP}`,
    '--userland-proxy=false',
    '--log-level=warn',
    ...(namespace === undefined ? noNetwork : []),
  ];
}

function launch(words: readonly string[], env: NodeJS.ProcessEnv, log: string): ChildProcess {
  const [command = '', ...args] = words;
  const output = openSync(log, 'a', 0o600);
  try {
    return spawn(command, args, { env, stdio: ['ignore', output, output] });
  } finally {
    closeSync(output);
  }
}

async function answers(child: ChildProcess, socket: string, log: string): Promise<void> {
  for (
    const deadline = Date.now() + LOCK_SECONDS * 1000 + START_MS;
    !(await pings(socket));
    await sleep(100)
  ) {
    const ended = child.exitCode ?? child.signalCode;
    if (ended !== null || Date.now() > deadline) {
      const what = ended === null ? 'does not answer' : `ended with ${ended}`;
      throw new Error(`dockerd ${what}:\n${tail(readFileSync(log, 'utf8'), 30)}`);
    }
  }
}

function pings(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/_ping', timeout: 5000 }, (reply) => {
      reply.resume();
      resolve(reply.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.end();
  });
}

async function end(child: ChildProcess, run: string): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
  const inner = await dockerdOf(child);
  if (inner !== undefined) {
    process.kill(inner, 'SIGTERM');
    await Promise.race([ended, sleep(STOP_MS, undefined, { ref: false })]);
  }
  child.kill('SIGKILL');
  await ended;
  await removeGroups();
  await rm(run, { recursive: true, force: true });
}

/** dockerd is the first process of its namespace, the only child of `unshare`. */
async function dockerdOf({ pid, exitCode, signalCode }: ChildProcess): Promise<number | undefined> {
  if (pid === undefined || exitCode !== null || signalCode !== null) return undefined;
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const [inner] = children.split(' ').filter((word) => word !== '');
  return inner === undefined ? undefined : Number(inner);
}

async function removeGroups(): Promise<void> {
  const script = `find /sys/fs/cgroup -depth -type d -path '*/${GROUP}*' -exec rmdir {} + 2>/dev/null || :`;
  await must(['sh', '-c', script]);
}
