import type { Case, Scene } from './case.js';
import { measureBlank, measureReferences, type References } from './invariants/references.js';
import { type LifeCase, runLife } from './life/run-life.js';
import { runCase } from './run-case.js';
import { isGroup, openWorld, type WorldOptions } from './world.js';

/** Seconds that a guard waits for its confirmation here: enough for a busy machine, little enough to wait for. */
const GUARD_SECONDS = 8;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** One case of one checkout, built, whose command line is tried. */
export interface Trial {
  readonly one: Case;
  readonly root: string;
  /** Makes the checkout, where it is not there yet. */
  readonly build?: () => Promise<void>;
}

/** A trial and what it found broken. */
export interface Tried extends Trial {
  readonly broken: readonly string[];
  readonly ms: number;
}

export interface Matrix {
  /** Runs the trials, each on the next lane that is free. */
  run(trials: readonly Trial[], onTried: (tried: Tried) => void): Promise<void>;
  close(): Promise<void>;
}

export interface MatrixOptions {
  readonly name: string;
  /** Pairs and groups of machines on which trials run side by side. */
  readonly lanes: WorldOptions['lanes'];
  /** Checkout, built, by which the machines are prepared. */
  readonly root: string;
  readonly guardSeconds?: number;
  readonly log: (line: string) => void;
}

/** Boots the lab and measures what its machines look like before and after each phase. */
export async function openMatrix({
  name,
  lanes,
  root,
  guardSeconds = GUARD_SECONDS,
  log,
}: MatrixOptions): Promise<Matrix> {
  const world = await openWorld({ name, lanes, log });
  const stop = (signal: NodeJS.Signals) => {
    log(`${signal}: taking the lab down`);
    void world.close().finally(() => process.exit(130));
  };
  for (const signal of SIGNALS) process.once(signal, stop);
  const close = async () => {
    for (const signal of SIGNALS) process.removeListener(signal, stop);
    await world.close();
  };
  const prepare = async (lane: Scene['lane']) => {
    const scene = { world, lane, guardSeconds, sane: root };
    await installFirewalls({ ...scene, root });
    const measure = isGroup(lane) ? measureBlank : measureReferences;
    return { scene, refs: await measure({ ...scene, root }) };
  };
  try {
    const prepared = await Promise.all(world.lanes.map(prepare));
    log(`${prepared.length} lanes are measured`);
    const run: Matrix['run'] = async (trials, onTried) => {
      const queues = { pair: chunks(trials, 'pair'), group: chunks(trials, 'group') };
      const work = prepared.map(async ({ scene, refs }) => {
        const queue = queues[scene.lane.kind];
        for (let chunk = queue.shift(); chunk !== undefined; chunk = queue.shift()) {
          for (const trial of chunk) onTried(await attempt({ ...scene, root: trial.root }, trial, refs));
        }
      });
      await Promise.all(work);
    };
    return { run, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Prefix of the report on a case that could not even be tried: neither a success nor proof of a mistake. */
export const BROKE_DOWN = 'the case broke down: ';

async function attempt(scene: Scene, trial: Trial, refs: References): Promise<Tried> {
  await trial.build?.();
  const started = performance.now();
  const broken = await runAny(scene, trial.one, refs).catch((error: unknown) => [
    `${BROKE_DOWN}${error instanceof Error ? error.stack : String(error)}`,
  ]);
  return { ...trial, broken, ms: Math.round(performance.now() - started) };
}

const runAny = (scene: Scene, one: Case, refs: References) => {
  const { lane } = scene;
  return hasLife(one) && isGroup(lane) ? runLife({ ...scene, lane }, one, refs) : runCase(scene, one, refs);
};

/** Trials that one lane takes one after the other: those of one life, whose states it need only measure once. */
function chunks(trials: readonly Trial[], kind: keyof WorldOptions['lanes']): Trial[][] {
  const mine = trials.filter(({ one }) => kindOfLane(one) === kind);
  if (kind === 'pair') return mine.map((trial) => [trial]);
  const lives = [...new Set(mine.map(({ one }) => one.life?.name))];
  return lives
    .map((name) => mine.filter(({ one }) => one.life?.name === name))
    .sort((a, b) => b.length - a.length);
}

const hasLife = (one: Case): one is LifeCase => one.life !== undefined;
const kindOfLane = (one: Case) => (hasLife(one) ? 'group' : 'pair');

/** Lanes of each kind that so many trials need, with `pairs` and `groups` at most. */
export function lanesFor(cases: readonly Case[], most: WorldOptions['lanes']): WorldOptions['lanes'] {
  const count = (kind: 'pair' | 'group') => cases.filter((one) => kindOfLane(one) === kind).length;
  return { pair: Math.min(most.pair, count('pair')), group: Math.min(most.group, count('group')) };
}

const INSTALL =
  'apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends ufw nftables iptables';

async function installFirewalls({ world, lane }: Scene): Promise<void> {
  const install = async (node: string) => {
    const { code, stderr } = await world.lab.exec(node, INSTALL, { timeoutMs: 300_000 });
    if (code !== 0) throw new Error(`${node} can't be given its firewalls: ${stderr}`);
  };
  await Promise.all(lane.nodes.map(install));
}
