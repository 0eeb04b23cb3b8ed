import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureApps } from '../../../../../src/layers/edge/gates/app/visit/outside.js';
import { thisMachine } from '../../../../../src/visitor/this-machine.js';
import { hybridEdge } from '../../../../fixtures/edge-inventory.js';
import { contextOf } from './healthy.js';

it("finds a private authority's certificate below the home folder", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bridgehead-authority-'));
  const home = process.env.HOME;
  try {
    process.env.HOME = folder;
    writeFileSync(join(folder, 'ca.pem'), '');
    const inventory = await hybridEdge();
    const edges = inventory.edges.map((edge) => ({
      ...edge,
      ...(edge.acme && { acme: { ...edge.acme, ca: '~/ca.pem' } }),
    }));
    const measured = measureApps(
      contextOf({ ...inventory, edges, apps: [] }),
      thisMachine(AbortSignal.timeout(5_000)),
      () => undefined,
    );
    await expect(measured).resolves.toMatchObject({ visits: [] });
  } finally {
    if (home === undefined) delete process.env.HOME;
    else process.env.HOME = home;
    rmSync(folder, { recursive: true });
  }
});
