import { setTimeout as sleep } from 'node:timers/promises';
import type { Case, Scene } from './case.js';
import { type Launch, type RunReport, startController } from './controller.js';

export const apply = async (
  { world, lane, root, guardSeconds }: Scene,
  more: Partial<Launch>,
): Promise<RunReport> => (await startController(world, lane, { root, guardSeconds, ...more })).ended;

/** One run with its fault; `since` is when it was over and healed. */
export async function disturbedRun(scene: Scene, one: Case, inventory?: string) {
  const { root, guardSeconds, world, lane } = scene;
  const broken: string[] = [];
  await one.prepare?.(scene);
  const { play: playbook, at, args = [] } = one;
  const controller = await startController(world, lane, {
    root,
    guardSeconds,
    playbook,
    inventory,
    at,
    args,
  });
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
  const report = await controller.ended;
  over.abort();
  await later;
  await heal();
  return { report, since: Date.now(), broken };
}

/** The same again without the fault: GO, after `unlock` where a dead controller still holds the lock. */
export async function rerun(
  scene: Scene,
  same: Pick<Launch, 'playbook' | 'inventory'> = {},
): Promise<{ readonly reports: readonly RunReport[]; readonly broken: readonly string[] }> {
  const quiet = ['--guard-seconds', '30'];
  const first = await apply(scene, { ...same, args: quiet });
  if (first.code !== 6) return { reports: [first], broken: goOr(first) };
  const unlock = await apply(scene, { ...same, command: 'unlock' });
  const second = await apply(scene, { ...same, args: quiet });
  const refused =
    unlock.code === 0 ? [] : [`unlock ended in ${unlock.code}: ${unlock.stdout.slice(-500)}${unlock.stderr}`];
  return { reports: [first, unlock, second], broken: [...refused, ...goOr(second)] };
}

const goOr = ({ code, stdout, stderr }: RunReport): string[] =>
  code === 0 ? [] : [`the rerun ends in ${code}: ${stdout.slice(-1200)}${stderr.slice(-500)}`];
