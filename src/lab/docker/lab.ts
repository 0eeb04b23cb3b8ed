import { resolve } from 'node:path';
import { BridgeheadError } from '../../core/errors.js';
import type { Inventory } from '../../model/inventory.js';
import { labClient } from '../client/client.js';
import { labInternet, labVisitor } from '../internet/internet.js';
import type { InternetPlace, LabInternet, LabVisitor } from '../internet/types.js';
import { LabPaths } from '../names.js';
import { labRouter } from '../network/router.js';
import { planLab } from '../topology/lab.js';
import type {
  CommandResult,
  ExecOptions,
  Lab,
  LabClient,
  LabPlan,
  LaptopRunOptions,
  Router,
} from '../types.js';
import type { LabHost } from './host.js';
import { innerError } from './inner-error.js';
import { inside } from './inside.js';

/** A lab that is up in a container, used through this program there. Its paths are the container's. */
export class DockerLab implements Lab {
  readonly plan: LabPlan;
  readonly #file: string;
  readonly #host: LabHost;
  readonly #paths: LabPaths;

  constructor(inventory: Inventory, host: LabHost) {
    this.plan = planLab(inventory);
    this.#file = resolve(inventory.file);
    this.#host = host;
    this.#paths = new LabPaths(host.lab);
  }

  get name(): string {
    return this.#host.lab;
  }
  get home(): string {
    return this.#paths.home;
  }
  get sudoPasswordFile(): string {
    return this.#paths.sudoPassword;
  }

  run(argv: readonly string[], { env, ...options }: LaptopRunOptions = {}): Promise<CommandResult> {
    return this.#run([], argv, options, env);
  }

  exec(node: string, command: string | readonly string[], options: ExecOptions = {}): Promise<CommandResult> {
    return this.#run(['--at', node], wordsOf(command), options);
  }

  router(site: string): Router {
    const exec: Router['exec'] = (command, options = {}) =>
      this.#run(['--at', `router:${site}`], wordsOf(command), options);
    return labRouter(this.plan, site, exec);
  }

  client(name: string): LabClient {
    if (!this.plan.clients.some((client) => client.name === name))
      throw new BridgeheadError('E_LAB', `the lab has no client ${name}`);
    return labClient(name, (command, options) => this.exec(name, command, options));
  }

  onInternet(place: InternetPlace, command: string | readonly string[], options: ExecOptions = {}) {
    return this.#run(['--at', place], wordsOf(command), options);
  }
  get internet(): LabInternet {
    return labInternet(this.plan, this.#paths, (...words) => this.onInternet(...words));
  }
  get visitor(): LabVisitor {
    return labVisitor(this.plan, (...words) => this.onInternet(...words));
  }

  reboot(node: string): Promise<void> {
    return this.#power('reboot', node);
  }
  kill(node: string): Promise<void> {
    return this.#power('cut', node);
  }
  boot(node: string): Promise<void> {
    return this.#power('on', node);
  }

  async knownHostKeys(node: string): Promise<readonly string[]> {
    const script = 'cd /etc/ssh && cat ssh_host_ed25519_key.pub ssh_host_ecdsa_key.pub';
    const { stdout } = await this.exec(node, script);
    return stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ').slice(0, 2).join(' '));
  }

  #run(
    place: readonly string[],
    argv: readonly string[],
    { stdio, ...options }: ExecOptions,
    env?: Readonly<Record<string, string>>,
  ): Promise<CommandResult> {
    const words = [...inside(['lab', 'run'], this.#file), ...place, '--', ...argv];
    return this.#host.tool(words, { ...options, env, folder: process.cwd(), inherit: stdio === 'inherit' });
  }

  async #power(what: string, node: string): Promise<void> {
    const result = await this.#host.tool([...inside(['lab', 'power'], this.#file), what, node]);
    if (result.code !== 0) throw innerError(result);
  }
}

const wordsOf = (command: string | readonly string[]) =>
  typeof command === 'string' ? ['sh', '-c', command] : command;
