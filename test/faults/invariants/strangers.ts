import { join } from 'node:path';
import type { Scene } from '../case.js';
import { startController } from '../controller.js';
import { onNode } from '../world.js';

/** Witnesses who do, while a run stands still, what only that run may do; each answers what they were let do. */
type Witness = (scene: Scene) => Promise<readonly string[]>;

/** A second run: it has to be refused, with the name of the run that holds the lock. */
export const secondRun: Witness = async ({ world, lane, root, guardSeconds }) => {
  const second = await startController(world, lane, { root, guardSeconds });
  const report = await second.ended;
  const said = report.stdout + report.stderr;
  return [
    ...(report.code === 6
      ? []
      : [`the second run ended in ${report.code} instead of 6: ${said.slice(-600)}`]),
    ...(said.includes('is locked by run ') ? [] : ['the second run does not name the first']),
  ];
};

const IS_ARMED = 'if [ -e /var/lib/bridgehead/guard/armed ]; then echo yes; fi';

async function armedNodes({ world, lane }: Scene): Promise<string[]> {
  const said = await Promise.all(lane.nodes.map((node) => onNode(world.lab, node, IS_ARMED)));
  return lane.nodes.filter((_node, index) => said[index]?.trim() === 'yes');
}

async function stillArmed(scene: Scene, before: readonly string[], act: string): Promise<string[]> {
  if (before.length === 0) return ['no machine was armed'];
  const after = await armedNodes(scene);
  return before
    .filter((node) => !after.includes(node))
    .map((node) => `${node} is no longer armed after ${act}`);
}

/** The confirmation of a run that has nothing to do with the guard. */
export const strangersConfirmation: Witness = async (scene) => {
  const before = await armedNodes(scene);
  const { confirmFragment }: typeof import('../../../src/guard/index.js') = await import(
    join(scene.root, 'src/guard/index.ts')
  );
  const { script } = confirmFragment({ run: '20200101-000000-000000', phase: 'tunnel' });
  for (const node of before) await scene.world.lab.exec(node, String(script));
  return stillArmed(scene, before, "another run's confirmation");
};

/** `bridgehead unlock` while a guard is armed. */
export const unlocking: Witness = async (scene) => {
  const before = await armedNodes(scene);
  const { world, lane, root, guardSeconds } = scene;
  const unlock = await startController(world, lane, { root, guardSeconds, command: 'unlock' });
  const report = await unlock.ended;
  const locks = await Promise.all(
    before.map((node) => onNode(world.lab, node, 'ls -d /var/lib/bridgehead/lock 2>&1 || true')),
  );
  return [
    ...(report.code === 6
      ? []
      : [`unlock ended in ${report.code} instead of 6: ${(report.stdout + report.stderr).slice(-600)}`]),
    ...locks
      .filter((text) => text.includes('No such'))
      .map(() => 'unlock broke the lock of an armed machine'),
    ...(await stillArmed(scene, before, 'unlock')),
  ];
};
