import type { Case, GroupScene, Life } from '../case.js';
import type { RunReport } from '../controller.js';
import { disturbedRun, rerun } from '../disturb.js';
import { type Broken, isOldOrNew, isReported, isSmall, settles, sshWorks } from '../invariants/invariants.js';
import type { References } from '../invariants/references.js';
import { keepsSecrets } from '../invariants/secrets.js';
import type { Wanted } from '../lanes/wanted.js';
import { isFinal } from '../run-case.js';
import { differences, publicKeys, readStates } from '../state.js';
import { pairsPing } from './network.js';
import { begin, givenBy, lifeReferences } from './references.js';

export type LifeCase = Case & { readonly life: Life };

/** Runs one case on a group that has a network: change it with the fault, look, change it again, reboot, look again. */
export async function runLife(scene: GroupScene, one: LifeCase, blank: References): Promise<Broken> {
  try {
    return await live(scene, one, blank);
  } finally {
    await one.life.welcome?.(scene);
  }
}

async function live(scene: GroupScene, one: LifeCase, blank: References): Promise<Broken> {
  const { lane } = scene;
  const { life } = one;
  const { before, after } = givenBy(lane, life);
  const refs = await lifeReferences(scene, one, blank);
  await begin(scene, life, blank);
  const keys = await keysOf(scene);
  const inventory = await lane.inventoryFor(after);
  const { report, since, broken } = await disturbedRun(scene, one, inventory);
  broken.push(...(await sshWorks(scene, since, [before, after])));
  broken.push(...(await settles(scene, since)));
  broken.push(
    ...(await isOldOrNew(scene, one, report, refs)),
    ...isReported(one, report),
    ...isSmall(report),
  );
  const held = await heldByAll(scene, refs);
  if (held === undefined && ![4, 137].includes(report.code) && !one.foreign) {
    const differ = `the machines of the group are not all old, or all new; the run ${endOf(report)}`;
    broken.push(...(life.mayDiffer ? await pairsPing(scene, before, 'old and new') : [differ]));
  }
  const isBefore = held !== undefined && !['tunnel', 'verify'].includes(refs[held]?.phase ?? '');
  if (one.reverts && !isBefore) broken.push('not all machines of the group have the tunnels from before');
  if (held === 0 || (one.reverts && isBefore)) broken.push(...(await pairsPing(scene, before, 'as before')));
  const again = life.refused ? undefined : await rerun(scene, { playbook: 'shipped', inventory });
  if (again) {
    broken.push(...again.broken, ...(await isFinal(scene, refs)));
    broken.push(...(await hasIt(scene, one, after, 'changed')));
  }
  if (!life.newKeys) broken.push(...(await keepsKeys(scene, after, keys)));
  broken.push(...(await keepsSecrets(scene, [report, ...(again?.reports ?? [])])));
  if (one.boots && broken.length === 0) broken.push(...(await rebooted(scene, one, refs)));
  return broken;
}

const endOf = ({ code, stdout, stderr }: RunReport): string =>
  `ended in ${code}:\n${stdout.slice(-2500)}${stderr.slice(-800)}`;

/** The machines have a network and nothing else, whatever the tool says. */
async function hasIt(scene: GroupScene, { life }: LifeCase, wanted: Wanted, when: string): Promise<Broken> {
  const { before } = givenBy(scene.lane, life);
  return [
    ...(await pairsPing(scene, wanted, when)),
    ...(life.beside ? await pairsPing(scene, before, `${when}, the first network`) : []),
    ...((await life.look?.(scene, before)) ?? []),
  ];
}

/** All machines reboot at once, and then without what only the network before needed. */
async function rebooted(scene: GroupScene, one: LifeCase, refs: References): Promise<Broken> {
  const { world, lane } = scene;
  const { life } = one;
  const { before, after } = givenBy(lane, life);
  const wanted = life.refused ? before : after;
  if (life.farewell) {
    await life.farewell(scene);
    const alone = await pairsPing(scene, wanted, 'without the old address');
    if (alone.length > 0) return alone;
  }
  await Promise.all(lane.nodes.map((node) => world.lab.reboot(node)));
  const broken = [...(await sshWorks(scene, Date.now(), [wanted]))];
  broken.push(...(await hasIt(scene, one, wanted, 'after a reboot of all')));
  // Of a machine that was taken out the kernel keeps values until then that no file sets any more.
  const members = wanted.members.map((member) => lane.nameOf(member));
  if (!life.farewell)
    broken.push(...(await isFinal(scene, refs, members)).map((text) => `after a reboot of all: ${text}`));
  return broken;
}

/** The phase whose state all machines of the group have, as an index; none when they differ. */
async function heldByAll({ world, lane }: GroupScene, refs: References): Promise<number | undefined> {
  const seen = await readStates(world.lab, lane.nodes);
  const matches = ({ states }: References[number]) =>
    lane.nodes.every((node) => differences(states.get(node) ?? '', seen.get(node) ?? '').length === 0);
  const index = refs.findIndex(matches);
  return index === -1 ? undefined : index;
}

async function keysOf({ world, lane }: GroupScene): Promise<ReadonlyMap<string, readonly string[]>> {
  const keys = lane.nodes.map(async (node) => [node, await publicKeys(world.lab, node)] as const);
  return new Map(await Promise.all(keys));
}

/** Members of the network keep their keys, so that whoever knows them needs no new ones. */
async function keepsKeys(
  scene: GroupScene,
  { members }: Wanted,
  before: ReadonlyMap<string, readonly string[]>,
): Promise<Broken> {
  const now = await keysOf(scene);
  const nodes = members.map((member) => scene.lane.nameOf(member));
  return nodes
    .filter((node) => before.get(node)?.some((key) => !now.get(node)?.includes(key)))
    .map((node) => `${node} has another key than before`);
}
