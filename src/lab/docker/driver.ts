import { resolve } from 'node:path';
import { BridgeheadError } from '../../core/errors.js';
import type { Inventory } from '../../model/inventory.js';
import type { LabDriver } from '../driver.js';
import type { Lab, LabOptions, LabStatus } from '../types.js';
import { mustDocker } from './engine.js';
import { LABEL } from './found.js';
import { type HostOptions, LabHost } from './host.js';
import { ERROR, innerError } from './inner-error.js';
import { inside } from './inside.js';
import { DockerLab } from './lab.js';
import { isAlive } from './starter.js';

/** All of a lab in one container: nothing is done on this machine but by Docker's client. */
export const docker: LabDriver = { up, open, status, down };

async function up(inventory: Inventory, options: LabOptions): Promise<Lab> {
  const { log, signal } = options;
  const host = await startHost(inventory, options);
  try {
    let isError = false;
    const onErrorLine = (line: string) => {
      isError ||= line.startsWith(ERROR);
      if (!isError) log(line);
    };
    const result = await host.tool(
      [...inside(['lab', 'up'], resolve(inventory.file)), '--json', '--no-color'],
      {
        signal,
        onErrorLine,
      },
    );
    if (result.code !== 0) throw innerError(result);
    return new DockerLab(inventory, host);
  } catch (error) {
    await takeDown(inventory, host, log);
    if (!signal?.aborted) throw error;
    throw new BridgeheadError(
      'E_INTERRUPTED',
      'interrupted while the lab was being built; it was taken down again',
      { cause: error },
    );
  }
}

/** Makes the container of a lab. E_LAB if the lab is up already; what a dead one left is removed. */
export async function startHost(inventory: Inventory, options: HostOptions): Promise<LabHost> {
  const host = LabHost.of(inventory);
  await clearPlace(inventory, host, options.log);
  await host.start(inventory, options);
  return host;
}

/** Removes the container of a lab, in whatever state it is. With the last lab go the limits of the kernel that labs raise. */
export async function takeDown(inventory: Inventory, host: LabHost, log: LabOptions['log']): Promise<void> {
  if ((await host.find())?.state === 'running' && (await isLast(host))) {
    const result = await host.tool(inside(['lab', 'down'], resolve(inventory.file)));
    if (result.code !== 0) log(innerError(result).message);
  }
  await host.remove();
}

async function open(inventory: Inventory): Promise<Lab> {
  const host = LabHost.of(inventory);
  const { state } = await status(inventory);
  if (state === 'up') return new DockerLab(inventory, host);
  throw new BridgeheadError('E_LAB', `lab ${host.lab} is not up`, {
    evidence: state === 'down' ? `there is no container ${host.container}` : `it is ${state}`,
    fix: `\`bridgehead lab up --driver docker -i ${inventory.file}\` builds it`,
  });
}

async function status(inventory: Inventory): Promise<LabStatus> {
  const host = LabHost.of(inventory);
  const found = await host.find();
  if (found === undefined) return { name: host.lab, state: 'down', machines: [] };
  // Until the lab is up in its container, whoever made that is building it, or has left it.
  const unfinished = (await isAlive(found.starter)) ? 'building' : 'dead';
  if (found.state !== 'running') {
    const state = found.state === 'created' ? unfinished : 'dead';
    return { name: host.lab, state, machines: [] };
  }
  const result = await host.tool([...inside(['lab', 'status'], resolve(inventory.file)), '--json']);
  if (result.code !== 0) throw innerError(result);
  const inner = JSON.parse(result.stdout) as LabStatus;
  return inner.state === 'down' || inner.state === 'building' ? { ...inner, state: unfinished } : inner;
}

async function down(inventory: Inventory, { log }: LabOptions): Promise<void> {
  const host = LabHost.of(inventory);
  const found = await host.find();
  await takeDown(inventory, host, log);
  log(found === undefined ? `lab ${host.lab} was not up` : `lab ${host.lab} is down`);
}

async function clearPlace(inventory: Inventory, host: LabHost, log: LabOptions['log']): Promise<void> {
  const { state } = await status(inventory);
  if (state === 'down') return;
  if (state !== 'dead') {
    const what = state === 'up' ? 'up' : 'being built';
    throw new BridgeheadError('E_LAB', `lab ${host.lab} is already ${what}`, {
      fix: '`bridgehead lab down --driver docker` takes it down',
    });
  }
  await host.remove();
  log(`cleaned up what an earlier lab ${host.lab} had left`);
}

async function isLast({ container }: LabHost): Promise<boolean> {
  const running = await mustDocker(['ps', '--filter', `label=${LABEL}`, '--format', '{{.Names}}']);
  return running.split('\n').every((name) => name === '' || name === container);
}
