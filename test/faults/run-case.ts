import type { Case, Scene } from './case.js';
import { apply, disturbedRun, rerun } from './disturb.js';
import { isOldOrNew, isReported, isSmall, settles, sshWorks } from './invariants/invariants.js';
import { type References, referencesOf, startsFromMesh } from './invariants/references.js';
import { keepsSecrets } from './invariants/secrets.js';
import { resetLane } from './reset.js';
import { runBoot } from './run-boot.js';
import { differences, readStates } from './state.js';

/** Runs one case on a lane: prepare, run with the fault, heal, look, run again. Answers what is broken. */
export async function runCase(scene: Scene, one: Case, refs: References): Promise<readonly string[]> {
  if (one.afterBoot) return runBoot(scene, one, refs);
  const { world, lane } = scene;
  await resetLane(world, lane, refs[0]?.states);
  if (startsFromMesh(one.play)) await apply(scene, {});
  const { report, since, broken } = await disturbedRun(scene, one);
  broken.push(...(await sshWorks(scene, since)));
  broken.push(...(await settles(scene, since)));
  broken.push(...(await isOldOrNew(scene, one, report, referencesOf(one.play, refs))));
  broken.push(...isReported(one, report), ...isSmall(report));
  const again = await rerun(scene);
  broken.push(...again.broken, ...(await isFinal(scene, refs)));
  broken.push(...(await keepsSecrets(scene, [report, ...again.reports])));
  return broken;
}

export async function isFinal(
  { world, lane }: Scene,
  refs: References,
  nodes: readonly string[] = lane.nodes,
): Promise<string[]> {
  const seen = await readStates(world.lab, lane.nodes);
  return nodes.flatMap((node) => {
    const lines = differences(refs.at(-1)?.states.get(node) ?? '', seen.get(node) ?? '');
    return lines.length === 0 ? [] : [`${node} is not converged after the rerun:\n${lines.join('\n')}`];
  });
}
