import { setMaxListeners } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { BridgeheadError } from '../core/errors.js';
import type { Inventory } from '../model/inventory.js';
import { labLives, SHARED_LOCK, SHARED_WAIT_MS, tearDown } from './cleanup.js';
import { makeLaptop, writeKnownHosts } from './client/laptop.js';
import { startWeb } from './client/web.js';
import { headscaleFor } from './host/headscale.js';
import { withLock } from './host/lock.js';
import { ensureMirror } from './host/mirror.js';
import { ensurePreconditions, toolsFor } from './host/preconditions.js';
import { settleAll } from './host/settle.js';
import { joinKeys } from './internet/login.js';
import { startInternet } from './internet/start.js';
import { trustedCertificates } from './internet/trust.js';
import { RunningLab } from './lab.js';
import { planKeys, readPublicKeys } from './machine/access.js';
import { ensureBase, unbuiltImages } from './machine/base-image.js';
import { imageName } from './machine/base-recipe.js';
import { waitReady } from './machine/inspect.js';
import { stageMachine, startMachine } from './machine/machines.js';
import { LabPaths } from './names.js';
import { answersDials } from './network/dial.js';
import { raiseHostLimits } from './network/host-limits.js';
import { buildNamespaces } from './network/namespaces.js';
import { proxyAnswers, startProxy } from './network/proxy.js';
import { type LabRecord, labDigest, processBegan, readRecord, writeRecord } from './state.js';
import { planLab } from './topology/lab.js';
import type { Image, Lab, LabOptions, LabPlan } from './types.js';

/**
 * Builds the lab of an inventory and waits until every machine is up and can be reached from the laptop. Rejects with
 * InputError or E_LAB before anything is made, with E_LAB_MACHINE if a machine won't start, with E_INTERRUPTED if aborted;
 * anything that it had made is removed again.
 */
export async function labUp(inventory: Inventory, options: LabOptions): Promise<Lab> {
  const { log, signal } = options;
  // Every running command listens on it.
  if (signal !== undefined) setMaxListeners(0, signal);
  const started = Date.now();
  const plan = planLab(inventory, options.needs);
  const paths = new LabPaths(plan.lab);
  const keys = planKeys(inventory);
  await ensurePreconditions(options, toolsFor(plan));
  const headscale = plan.internet?.login === undefined ? undefined : await headscaleFor(options);
  const unbuilt = (await unbuiltImages(imagesOf(plan))).map(imageName);
  await ensureMirror({ unbuilt, installs: options.installs === true }, log);
  const ownKeys = await readPublicKeys(inventory, keys.files);
  for (const note of plan.notes) log(note);
  return withLock(`lab ${plan.lab}`, 0, async () => {
    await clearPlace(paths, log);
    try {
      return await build(
        { inventory, plan, paths, homePaths: keys.homePaths, ownKeys, headscale },
        options,
        started,
      );
    } catch (error) {
      log(`taking down the unfinished lab ${plan.lab}`);
      await tearDown(paths);
      if (!signal?.aborted) throw error;
      throw new BridgeheadError(
        'E_INTERRUPTED',
        'interrupted while the lab was being built; it was taken down again',
        {
          cause: error,
        },
      );
    }
  });
}

interface Request {
  readonly inventory: Inventory;
  readonly plan: LabPlan;
  readonly paths: LabPaths;
  readonly homePaths: readonly string[];
  readonly ownKeys: readonly string[];
  readonly headscale: string | undefined;
}

async function build(request: Request, options: LabOptions, started: number): Promise<Lab> {
  const { inventory, plan, paths, homePaths, ownKeys, headscale } = request;
  const { log, signal } = options;
  const record = await begin(inventory, plan, paths, log);
  const [bases, secrets] = await settleAll([
    prepareBases(plan, paths, options),
    makeLaptop(inventory, plan, paths, homePaths),
    buildNamespaces(plan, paths, signal).then(() =>
      settleAll([
        startProxy(plan, paths),
        startWeb(plan, paths),
        startInternet(plan, paths, { headscale, signal }),
      ]),
    ),
  ]);
  await writeRecord(paths, { ...record, bases });

  const access = {
    authorizedKeys: [secrets.publicKey, ...ownKeys],
    password: secrets.password,
    trusted: await trustedCertificates(plan, paths),
  };
  await settleAll(
    plan.machines.map(async (machine) => {
      const base = bases[machine.image];
      if (base === undefined) throw new BridgeheadError('E_BUG', `no base image for ${machine.image}`);
      await stageMachine(machine, paths, access, signal);
      signal?.throwIfAborted();
      await startMachine(machine, base, paths);
      const { state, failedUnits } = await waitReady(machine, paths, { signal });
      const failed = failedUnits.length > 0 ? ` (failed: ${failedUnits.join(', ')})` : '';
      log(`${machine.node}: Debian ${machine.release} is ${state}${failed} after ${seconds(started)}`);
    }),
  );
  await writeKnownHosts(plan, paths);
  await settleAll([proxyAnswers(paths, signal), answersDials(plan, paths, signal)]);
  signal?.throwIfAborted();
  await writeRecord(paths, { ...record, bases, state: 'up' });
  for (const { network, file } of joinKeys({ name: plan.lab, plan }))
    log(`network ${network}: nodes join it with the key in ${file}`);
  log(`lab ${plan.lab} is up after ${seconds(started)}`);
  return new RunningLab({ plan, bases });
}

/** Makes sure that there is no live lab of that name, and nothing left of a dead one. */
async function clearPlace(paths: LabPaths, log: LabOptions['log']): Promise<void> {
  const record = await readRecord(paths);
  if (record?.state === 'up' && (await labLives(paths))) {
    throw new BridgeheadError('E_LAB', `lab ${paths.lab} is already up, since ${record.since}`, {
      fix: '`bridgehead lab status` shows it, `bridgehead lab down` takes it down',
    });
  }
  const ended = await tearDown(paths);
  if (record !== undefined || ended > 0) log(`cleaned up what an earlier lab ${paths.lab} had left`);
}

async function begin(
  inventory: Inventory,
  plan: LabPlan,
  paths: LabPaths,
  log: LabOptions['log'],
): Promise<LabRecord> {
  const record: LabRecord = {
    state: 'building',
    builder: { pid: process.pid, began: (await processBegan(process.pid)) ?? '' },
    since: new Date().toISOString(),
    inventory: { file: inventory.file, name: inventory.name, digest: labDigest(inventory) },
    plan,
    bases: {},
  };
  await withLock(SHARED_LOCK, SHARED_WAIT_MS, async () => {
    await mkdir(paths.disk, { recursive: true, mode: 0o700 });
    await writeRecord(paths, record);
    await raiseHostLimits(log);
  });
  return record;
}

const imagesOf = (plan: LabPlan): Image[] => [...new Set(plan.machines.map(({ image }) => image))];

async function prepareBases(
  plan: LabPlan,
  paths: LabPaths,
  options: LabOptions,
): Promise<LabRecord['bases']> {
  const entries = imagesOf(plan).map(
    async (image): Promise<[Image, string]> => [image, await ensureBase(image, paths, options)],
  );
  return Object.fromEntries(await settleAll(entries));
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
