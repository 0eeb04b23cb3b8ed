import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StampedEvent } from '../../src/runner/events/events.js';
import type { Moment } from './case.js';
import type { Lane, World } from './world.js';

export interface RunReport {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** From the journal, which outlives a kill. */
  readonly events: readonly StampedEvent[];
  readonly stateDir: string;
  /** Most memory that the controller held; unknown of one that was killed. */
  readonly peakMegabytes: number | undefined;
}

export interface Controller {
  readonly ended: Promise<RunReport>;
  /** Whether the moment came; false when the run ended without it. */
  reached(): Promise<boolean>;
  /** Lets a controller that pauses go on. */
  go(): Promise<void>;
}

export interface Launch {
  readonly root: string;
  readonly guardSeconds: number;
  readonly command?: string;
  /** `shipped`: the one that the tool takes by itself. */
  readonly playbook?: string;
  /** In place of the lane's own. */
  readonly inventory?: string | undefined;
  readonly args?: readonly string[];
  readonly stateDir?: string;
  readonly at?: Moment | undefined;
}

/** Starts the command line as the laptop, with something to happen to it at one event of its journal. */
export async function startController(world: World, lane: Lane, launch: Launch): Promise<Controller> {
  const folder = await mkdtemp(join(world.folder, 'run-'));
  const stateDir = launch.stateDir ?? join(folder, 'state');
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const { command = 'apply', playbook = 'mesh', at } = launch;
  const guard = ['--guard-seconds', String(launch.guardSeconds)];
  const chosen = playbook === 'shipped' ? [] : ['-p', playbookFile(playbook)];
  const own = command === 'apply' ? [...chosen, ...guard, '--state-dir', stateDir] : [];
  const argv = [
    join(launch.root, 'bin/bridgehead.js'),
    command,
    '-i',
    launch.inventory ?? lane.inventory,
    ...own,
    '--yes',
    '--json',
    '--verbose',
    '--timeout',
    '5',
    ...(launch.args ?? []),
  ];
  const env = {
    NODE_OPTIONS: `--import ${resolve('test/faults/at-event.js')}`,
    BRIDGEHEAD_AT_EVENT: JSON.stringify({ folder, at }),
  };
  let over = false;
  const ended = world.lab
    .run([process.execPath, ...argv], { env, timeoutMs: 300_000 })
    .then(async (result) => ({
      ...result,
      stateDir,
      events: await readEvents(stateDir),
      peakMegabytes: await readPeak(folder),
    }))
    .finally(() => {
      over = true;
    });
  return {
    ended,
    reached: async () => {
      while (!over && !existsSync(join(folder, 'reached'))) await sleep(10);
      return existsSync(join(folder, 'reached'));
    },
    go: () => writeFile(join(folder, 'go'), ''),
  };
}

const playbookFile = (name: string): string =>
  name === 'mesh' ? resolve('playbooks/mesh.yaml') : resolve('test/faults/playbooks', `${name}.yaml`);

async function readPeak(folder: string): Promise<number | undefined> {
  const file = join(folder, 'peak-kilobytes');
  return existsSync(file) ? Number(await readFile(file, 'utf8')) / 1024 : undefined;
}

/** Events of the newest journal in a state folder; a last line that a kill cut short is left out. */
async function readEvents(stateDir: string): Promise<StampedEvent[]> {
  const runs = join(stateDir, 'runs');
  if (!existsSync(runs)) return [];
  const newest = (await readdir(runs)).sort().at(-1);
  const file = join(runs, newest ?? '', 'journal.jsonl');
  if (newest === undefined || !existsSync(file)) return [];
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as StampedEvent);
}
