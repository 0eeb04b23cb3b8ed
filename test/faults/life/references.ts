import type { Case, GroupScene, Life } from '../case.js';
import { apply } from '../disturb.js';
import type { Reference, References } from '../invariants/references.js';
import type { Wanted } from '../lanes/wanted.js';
import { resetLane } from '../reset.js';
import { readStates } from '../state.js';
import type { GroupLane } from '../world.js';

/** What the machines have before a change of their life, and what they are to be given. */
export function givenBy(lane: GroupLane, life: Life): { readonly before: Wanted; readonly after: Wanted } {
  const before = { ...lane.first, ...life.before?.(lane) };
  return { before, after: { ...before, ...life.after(lane) } };
}

/** Resets a group and gives it a network by the sane checkout, dialling the machine behind the jump host in its LAN. */
export async function begin(scene: GroupScene, life: Life, blank: References): Promise<void> {
  const { before } = givenBy(scene.lane, life);
  await resetLane(scene.world, scene.lane, blank[0]?.states);
  await life.prepare?.(scene);
  await expectGo(scene, { ...before, dialled: 'lan' }, []);
}

const measured = new WeakMap<GroupLane, Map<string, Promise<References>>>();

/** What a group looks like before a life's change and after each phase of it; measured once a lane. */
export function lifeReferences(
  scene: GroupScene,
  { life }: Case & { readonly life: Life },
  blank: References,
): Promise<References> {
  const ofLane = measured.get(scene.lane) ?? new Map<string, Promise<References>>();
  measured.set(scene.lane, ofLane);
  // However they are dialled, the machines look the same.
  const { before, after } = givenBy(scene.lane, life);
  const name = JSON.stringify([
    { ...before, dialled: 'lan' },
    life.refused === true ? 'refused' : { ...after, dialled: 'lan', refused: life.refused },
  ]);
  const known = ofLane.get(name) ?? measure(scene, life, blank);
  ofLane.set(name, known);
  return known;
}

const BEFORE_TUNNEL = ['keys', 'kernel'];

async function measure(scene: GroupScene, life: Life, blank: References): Promise<References> {
  const { world, lane } = scene;
  const { after: wanted } = givenBy(lane, life);
  const after = { ...wanted, dialled: 'lan' };
  const look = async (phase: string): Promise<Reference> => ({
    phase,
    states: await readStates(world.lab, lane.nodes),
  });
  await begin(scene, life, blank);
  const references = [await look('')];
  if (life.refused === true) return references;
  for (const phase of life.refused === undefined ? [...BEFORE_TUNNEL, 'tunnel'] : BEFORE_TUNNEL) {
    await expectGo(scene, after, ['--phase', phase]);
    references.push(await look(phase));
  }
  if (life.refused !== undefined) return references;
  await expectGo(scene, after, []);
  return [...references, await look('verify')];
}

async function expectGo(scene: GroupScene, wanted: Wanted, args: readonly string[]): Promise<void> {
  const inventory = await scene.lane.inventoryFor(wanted);
  const quiet = ['--guard-seconds', '30', ...args];
  const { code, stdout, stderr } = await apply(
    { ...scene, root: scene.sane },
    { playbook: 'shipped', inventory, args: quiet },
  );
  if (code === 0) return;
  throw new Error(
    `group ${scene.lane.index} can't be prepared (${args.join(' ')}): status ${code}: ${stdout.slice(-1500)}${stderr}`,
  );
}
