import { BridgeheadError } from '../core/errors.js';
import { labClient } from './client/client.js';
import { runAsLaptop } from './client/laptop.js';
import { labInternet, labVisitor } from './internet/internet.js';
import { runOnInternet } from './internet/run-at.js';
import type { InternetPlace, LabInternet, LabVisitor } from './internet/types.js';
import { removeGroup } from './machine/cgroups.js';
import { execMachine, leaderOf, waitReady } from './machine/inspect.js';
import { hostKeys, machineGroup, startMachine } from './machine/machines.js';
import { LabPaths } from './names.js';
import { execInside } from './network/namespaces.js';
import { labRouter } from './network/router.js';
import type { LabRecord } from './state.js';
import { siteNamespace } from './topology/layout.js';
import type { ExecOptions, Lab, LabClient, LabPlan, LaptopRunOptions, MachinePlan, Router } from './types.js';

/** A lab that is up, by its record. */
export class RunningLab implements Lab {
  readonly plan: LabPlan;
  readonly #paths: LabPaths;
  readonly #bases: LabRecord['bases'];

  constructor({ plan, bases }: Pick<LabRecord, 'plan' | 'bases'>) {
    this.plan = plan;
    this.#paths = new LabPaths(plan.lab);
    this.#bases = bases;
  }

  get name(): string {
    return this.plan.lab;
  }
  get home(): string {
    return this.#paths.home;
  }
  get sudoPasswordFile(): string {
    return this.#paths.sudoPassword;
  }

  run(argv: readonly string[], options?: LaptopRunOptions) {
    return runAsLaptop(this.plan, this.#paths, argv, options);
  }

  exec(node: string, command: string | readonly string[], options?: ExecOptions) {
    return execMachine(this.#machine(node).node, this.#paths, command, options);
  }

  router(site: string): Router {
    const pin = this.#paths.namespace(siteNamespace(site));
    return labRouter(this.plan, site, (command, options) => execInside(pin, command, options));
  }

  client(name: string): LabClient {
    if (!this.plan.clients.some((client) => client.name === name)) throw unknown('client', name);
    return labClient(name, (command, options) => this.exec(name, command, options));
  }

  onInternet(place: InternetPlace, command: string | readonly string[], options?: ExecOptions) {
    return runOnInternet(this.plan, this.#paths, { place, command }, options);
  }
  get internet(): LabInternet {
    return labInternet(this.plan, this.#paths, (...words) => this.onInternet(...words));
  }
  get visitor(): LabVisitor {
    return labVisitor(this.plan, (...words) => this.onInternet(...words));
  }

  async reboot(node: string): Promise<void> {
    const machine = this.#machine(node);
    const not = await leaderOf(node, this.#paths);
    // Its exit status means nothing: the reboot may kill it first. systemd is asked directly, since logind, which `systemctl
    // reboot` uses, can take half a minute to start on a busy host.
    const argv = ['systemctl', '--no-block', '--job-mode=replace-irreversibly', 'start', 'reboot.target'];
    await this.exec(node, argv, { timeoutMs: 60_000 });
    await waitReady(machine, this.#paths, not === undefined ? {} : { not });
  }

  async kill(node: string): Promise<void> {
    await removeGroup(this.name, machineGroup(this.#machine(node).node));
  }

  async boot(node: string): Promise<void> {
    const machine = this.#machine(node);
    if ((await leaderOf(node, this.#paths)) !== undefined) {
      throw new BridgeheadError('E_LAB', `machine ${node} is already up`, { node });
    }
    const base = this.#bases[machine.image];
    if (base === undefined) throw new BridgeheadError('E_BUG', `no base image is noted for ${machine.image}`);
    await startMachine(machine, base, this.#paths);
    await waitReady(machine, this.#paths);
  }

  knownHostKeys(node: string) {
    return hostKeys(this.#machine(node).node, this.#paths);
  }

  #machine(node: string): MachinePlan {
    const machine = this.plan.machines.find((candidate) => candidate.node === node);
    if (machine === undefined) throw unknown('node', node);
    return machine;
  }
}

function unknown(what: string, name: string): BridgeheadError {
  return new BridgeheadError('E_LAB', `the lab has no ${what} ${name}`);
}
