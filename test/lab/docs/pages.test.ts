import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labDown, labUp } from '../../../src/lab/index.js';
import { HUB, MACHINES as HUB_MACHINES } from '../../docs/scenes/hub.js';
import { MESH, MACHINES as MESH_MACHINES } from '../../docs/scenes/mesh.js';
import type { LabScene } from '../../docs/scenes/scene.js';
import { inventoryAt } from '../support/bridgehead.js';
import { World } from './play.js';

const root = mkdtempSync(join(tmpdir(), 'bridgehead-docs-'));
const mesh = new World(join(root, 'mesh'), 'home-mesh', MESH_MACHINES);
const hub = new World(join(root, 'hub'), 'phone-home', HUB_MACHINES);
const quiet = { log: () => undefined };
const down = async ({ file }: World) => labDown(await inventoryAt(file), quiet);

const played = new Map<LabScene, Promise<readonly string[]>>();

/** Plays scenes one after the other, whatever comes of each. */
function play(world: World, scenes: readonly LabScene[]): void {
  let last: Promise<unknown> = Promise.resolve();
  for (const scene of scenes) {
    const problems = last.then(() => world.play(scene));
    played.set(scene, problems);
    last = problems.catch(() => undefined);
  }
}

beforeAll(async () => {
  await Promise.all([mesh, hub].map(down));
  await labUp(await inventoryAt(hub.file), quiet);
  // Mostly they wait, so both at once take little longer than one. The mesh's pages build their own lab.
  play(mesh, MESH);
  play(hub, HUB);
});
afterAll(async () => {
  await Promise.allSettled(played.values());
  await Promise.all([mesh, hub].map(down));
  rmSync(root, { recursive: true });
});

it.each([...MESH, ...HUB].map((scene) => [scene.of, scene] as const))(
  'does as it says: %s',
  async (_of, scene) => {
    expect(await played.get(scene)).toEqual([]);
  },
);
