import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadInventory } from '../../src/inventory/index.js';
import { type Lab, labDown, labUp } from '../../src/lab/index.js';
import type { Inventory } from '../../src/model/inventory.js';
import type { LineMode } from '../support/tcp-proxy/tcp-proxy.js';
import { type GroupPlan, groupLane } from './lanes/group.js';
import { pairLane } from './lanes/pair.js';
import { type HostKeys, type LanePlan, labInventory } from './lanes/plan.js';
import { addSecondAddresses } from './lanes/second-addresses.js';
import type { Wanted } from './lanes/wanted.js';

/** The lab with all lanes' machines, and the lines between the laptop and their sshds. */
export interface World {
  readonly lab: Lab;
  readonly folder: string;
  readonly lanes: readonly Lane[];
  setLine(node: string, mode: LineMode): Promise<void>;
  close(): Promise<void>;
}

export type Lane = LanePlan & {
  /** The file of its inventory. */
  readonly inventory: string;
  /** A file that wants something else of the same machines. */
  inventoryFor(wanted: Wanted): Promise<string>;
};

export type GroupLane = GroupPlan & Lane;

export interface WorldOptions {
  readonly name: string;
  /** How many lanes there are of each kind. */
  readonly lanes: Readonly<Record<LanePlan['kind'], number>>;
  readonly log: (line: string) => void;
}

export async function openWorld({ name, lanes: counts, log }: WorldOptions): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'bridgehead-faults-'));
  const plans: LanePlan[] = [
    ...Array.from({ length: counts.pair }, (_, index) => pairLane(index)),
    ...Array.from({ length: counts.group }, (_, index) => groupLane(index)),
  ];
  const file = join(folder, 'lab.yaml');
  await writeFile(file, labInventory(name, plans));
  const inventory: Inventory = await loadInventory(file);
  await labDown(inventory, { log });
  const lab = await labUp(inventory, { log });
  const stop = new AbortController();
  const socket = join(folder, 'lines');
  const proxy = lab
    .run(
      [
        process.execPath,
        '--import',
        resolve('scripts/typescript.js'),
        resolve('test/support/tcp-proxy/tcp-proxy-main.ts'),
        socket,
        JSON.stringify(plans.flatMap(({ lines }) => lines)),
      ],
      { signal: stop.signal },
    )
    .catch((error: unknown) => {
      if (stop.signal.aborted) return { code: 0, stdout: '', stderr: '' };
      throw error;
    });
  void proxy.then(({ code, stderr }) => {
    if (code !== 0) log(`the lines broke down with status ${code}: ${stderr}`);
  });
  const close = async () => {
    stop.abort();
    await proxy;
    await labDown(inventory, { log });
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const lanes = await Promise.all(plans.map((plan) => openLane(plan, lab, folder)));
    const setLine = (node: string, mode: LineMode) => sendLine(socket, JSON.stringify({ name: node, mode }));
    for (const { edge } of lanes) await patiently(() => setLine(edge, { kind: 'pass' }));
    for (const lane of lanes) if (isGroup(lane)) await addSecondAddresses(lab, lane);
    return { lab, folder, lanes, setLine, close };
  } catch (error) {
    await close();
    throw error;
  }
}

export const isGroup = (lane: Lane): lane is GroupLane => lane.kind === 'group';

async function openLane(plan: LanePlan, lab: Lab, folder: string): Promise<Lane> {
  const keys: HostKeys = new Map(
    await Promise.all(plan.nodes.map(async (node) => [node, await lab.knownHostKeys(node)] as const)),
  );
  let files = 0;
  const inventoryFor = async (wanted?: Wanted) => {
    const file = join(folder, `${plan.kind}-${plan.index}-${files++}.yaml`);
    await writeFile(file, plan.text(keys, wanted));
    return file;
  };
  return { ...plan, inventory: await inventoryFor(), inventoryFor };
}

/** Says one line to a socket and waits for its `ok`. */
function sendLine(path: string, line: string): Promise<void> {
  return new Promise((done, fail) => {
    const client = connect(path, () => client.write(`${line}\n`));
    let heard = '';
    client.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
      if (!heard.endsWith('\n')) return;
      client.end();
      if (heard === 'ok\n') done();
      else fail(new Error(`the lines said ${heard}`));
    });
    client.on('error', fail);
  });
}

async function patiently(act: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

/** Runs a POSIX sh script as root inside a machine; its words, or an error with what went wrong. */
export async function onNode(lab: Lab, node: string, script: string): Promise<string> {
  const { code, stdout, stderr } = await lab.exec(node, script, { timeoutMs: 60_000 });
  if (code !== 0) throw new Error(`${node}: status ${code} of ${script.slice(0, 200)}: ${stderr}`);
  return stdout;
}
