import type { Play, Scene } from '../case.js';
import { type Launch, startController } from '../controller.js';
import { resetLane } from '../reset.js';
import { readStates } from '../state.js';

/** What a lane's machines look like once a phase is done; the first one is before any. */
export interface Reference {
  readonly phase: string;
  readonly states: ReadonlyMap<string, string>;
}

export type References = readonly Reference[];

/** Installs on a lane what resetting keeps, and looks at its machines as they are before anything. */
export async function measureBlank(scene: Scene): Promise<References> {
  const { world, lane } = scene;
  await resetLane(world, lane, undefined);
  await expectGo(scene, { args: ['--phase', 'install'] });
  await resetLane(world, lane, undefined);
  for (const node of lane.nodes) await world.lab.reboot(node);
  await resetLane(world, lane, undefined);
  return [{ phase: '', states: await readStates(world.lab, lane.nodes) }];
}

/** Measures a pair: stops after each phase of its mesh and looks. */
export async function measureReferences(scene: Scene): Promise<References> {
  const { world, lane } = scene;
  const references: Reference[] = [...(await measureBlank(scene))];
  for (const phase of ['keys', 'kernel', 'tunnel']) {
    await expectGo(scene, { args: ['--phase', phase] });
    references.push({ phase, states: await readStates(world.lab, lane.nodes) });
  }
  await resetLane(world, lane, references[0]?.states);
  return references;
}

async function expectGo({ world, lane, root, guardSeconds }: Scene, more: Partial<Launch>): Promise<void> {
  const controller = await startController(world, lane, { root, guardSeconds, ...more });
  const report = await controller.ended;
  if (report.code !== 0)
    throw new Error(
      `lane ${lane.index} can't be prepared: status ${report.code}: ${report.stdout.slice(-1500)}${report.stderr}`,
    );
}

/** The states that a play begins with and may end in, in order. */
export function referencesOf(play: Play, all: References): References {
  if (play === 'mesh') return all;
  return all.filter(({ phase }) => phase === (startsFromMesh(play) ? 'tunnel' : ''));
}

export const startsFromMesh = (play: Play): boolean => play === 'default-route';
