import { setTimeout as sleep } from 'node:timers/promises';
import type { Case, Scene } from './case.js';
import { type Launch, startController, type Told } from './controller.js';
import { isOldOrNew, isSmall, isTold, settles, sshWorks } from './invariants.js';
import { type References, referencesOf, startsFromMesh } from './references.js';
import { resetLane } from './reset.js';
import { keepsSecrets } from './secrets.js';
import { differences, readStates } from './state.js';

/** Runs one case on a lane: prepare, run with the fault, heal, look, run again. Answers what is broken. */
export async function runCase(scene: Scene, one: Case, refs: References): Promise<readonly string[]> {
  const { world, lane } = scene;
  await resetLane(world, lane, refs[0]?.states);
  if (startsFromMesh(one.play)) await apply(scene, {});
  const { told, since, broken } = await disturbedRun(scene, one);
  broken.push(...(await sshWorks(scene, since)));
  broken.push(...(await settles(scene, since)));
  broken.push(...(await isOldOrNew(scene, one, told, referencesOf(one.play, refs))));
  broken.push(...isTold(one, told), ...isSmall(told));
  const again = await rerun(scene);
  broken.push(...again.broken, ...(await isFinal(scene, refs)));
  broken.push(...(await keepsSecrets(scene, [told, ...again.told])));
  return broken;
}

async function disturbedRun(scene: Scene, one: Case) {
  const { root, guardSeconds, world, lane } = scene;
  const broken: string[] = [];
  await one.prepare?.(scene);
  const { play: playbook, at, args = [] } = one;
  const controller = await startController(world, lane, { root, guardSeconds, playbook, at, args });
  let healed: Promise<void> | undefined;
  const heal = (): Promise<void> => (healed ??= one.heal?.(scene) ?? Promise.resolve());
  if (at !== undefined) {
    if (await controller.reached()) {
      await one.inject?.(scene);
      broken.push(...((await one.witness?.(scene)) ?? []));
    } else broken.push(`the run never came to ${at.type}${at.phase ? ` of ${at.phase}` : ''}`);
    await controller.go();
  }
  const over = new AbortController();
  const later =
    one.healAfter === undefined
      ? undefined
      : sleep(one.healAfter * 1000, undefined, { signal: over.signal }).then(heal, () => undefined);
  const told = await controller.ended;
  over.abort();
  await later;
  await heal();
  return { told, since: Date.now(), broken };
}

const apply = async ({ world, lane, root, guardSeconds }: Scene, more: Partial<Launch>): Promise<Told> =>
  (await startController(world, lane, { root, guardSeconds, ...more })).ended;

/** The same again without the fault: GO, after `unlock` where a dead controller still holds the lock. */
async function rerun(
  scene: Scene,
): Promise<{ readonly told: readonly Told[]; readonly broken: readonly string[] }> {
  const quiet = ['--guard-seconds', '30'];
  const first = await apply(scene, { args: quiet });
  if (first.code !== 6) return { told: [first], broken: goOr(first) };
  const unlock = await apply(scene, { command: 'unlock' });
  const second = await apply(scene, { args: quiet });
  const refused =
    unlock.code === 0 ? [] : [`unlock ended in ${unlock.code}: ${unlock.stdout.slice(-500)}${unlock.stderr}`];
  return { told: [first, unlock, second], broken: [...refused, ...goOr(second)] };
}

const goOr = ({ code, stdout, stderr }: Told): string[] =>
  code === 0 ? [] : [`the rerun ends in ${code}: ${stdout.slice(-1200)}${stderr.slice(-500)}`];

async function isFinal({ world, lane }: Scene, refs: References): Promise<string[]> {
  const seen = await readStates(world.lab, lane.nodes);
  return lane.nodes.flatMap((node) => {
    const lines = differences(refs.at(-1)?.states.get(node) ?? '', seen.get(node) ?? '');
    return lines.length === 0 ? [] : [`${node} is not converged after the rerun:\n${lines.join('\n')}`];
  });
}
