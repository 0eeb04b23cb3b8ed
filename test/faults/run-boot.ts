import type { Case, Scene } from './case.js';
import { disturbedRun } from './disturb.js';
import { isOldOrNew, isReported, isSmall, settles, sshWorks } from './invariants/invariants.js';
import { type References, referencesOf } from './invariants/references.js';
import { keepsSecrets } from './invariants/secrets.js';
import { resetLane } from './reset.js';

/**
 * Runs one case and boots the machines once all has settled: a login works again, nothing is between old and new, and
 * what was confirmed is still there. There is no run of the mesh after it: the change stays until the next case.
 */
export async function runBoot(scene: Scene, one: Case, refs: References): Promise<readonly string[]> {
  const { world, lane } = scene;
  await resetLane(world, lane, refs[0]?.states);
  const { report, since, broken } = await disturbedRun(scene, one);
  broken.push(...(await settles(scene, since)));
  broken.push(...isReported(one, report), ...isSmall(report));
  await Promise.all(lane.nodes.map((node) => world.lab.reboot(node)));
  broken.push(...(await sshWorks(scene, Date.now())));
  if (report.code === 5) broken.push(...(await isOldOrNew(scene, one, report, referencesOf(one.play, refs))));
  broken.push(...((await one.afterBoot?.(scene)) ?? []));
  broken.push(...(await keepsSecrets(scene, [report])));
  return broken;
}
