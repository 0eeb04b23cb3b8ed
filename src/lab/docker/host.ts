import { randomUUID } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { BridgeheadError } from '../../core/errors.js';
import type { Inventory } from '../../model/inventory.js';
import { type CommandOptions, runCommand } from '../host/command.js';
import { mirrorOf } from '../host/mirror.js';
import { labName } from '../names.js';
import { planLab } from '../topology/lab.js';
import type { CommandResult, LabOptions } from '../types.js';
import { docker, dockerFailure, mustDocker } from './engine.js';
import firstProcess from './first-process.sh';
import { type FoundHost, findHost, labelOptions, ofAnother } from './found.js';
import { ensureImage } from './image.js';
import { isBelow, mountOption, mountsOf } from './mounts.js';
import noted from './noted.sh';
import prepare from './prepare.sh';
import { proxyNames } from './proxies.js';
import { processMark } from './starter.js';
import { copyTool, TOOL_BIN } from './tool.js';

/** What systemd-nspawn gives its machines beside what Docker gives a container, and what enters them. */
const CAPABILITIES = [
  ...[
    'AUDIT_CONTROL',
    'DAC_READ_SEARCH',
    'IPC_OWNER',
    'LEASE',
    'LINUX_IMMUTABLE',
    'NET_ADMIN',
    'NET_BROADCAST',
  ],
  ...['SYS_ADMIN', 'SYS_BOOT', 'SYS_NICE', 'SYS_PTRACE', 'SYS_TTY_CONFIG'],
];
const UNCONFINED = ['seccomp=unconfined', 'apparmor=unconfined', 'systempaths=unconfined', 'label=disable'];
/** The options of `docker create` with which a container may be a host of machines. */
export const RIGHTS: readonly string[] = [
  ...['--cgroupns', 'private', '--device', '/dev/net/tun'],
  ...CAPABILITIES.flatMap((name) => ['--cap-add', name]),
  ...UNCONFINED.flatMap((option) => ['--security-opt', option]),
];
const OF_COMMANDS = ['TERM', 'COLUMNS', 'NO_COLOR', 'FORCE_COLOR', 'LANG', 'TZ', 'CI'];

export interface HostOptions extends LabOptions {
  /** Folders that commands use, beside that of the inventory. */
  readonly folders?: readonly string[];
}

export interface ToolOptions extends Omit<CommandOptions, 'env'> {
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Where it runs; the container must have it from here. Default: nowhere in particular. */
  readonly folder?: string | undefined;
}

/** The container that holds one lab: a Linux host, on which this program builds it. */
export class LabHost {
  readonly container: string;
  readonly #file: string;
  /** Of the container that was made here. */
  #token: string | undefined;

  constructor(
    readonly lab: string,
    file: string,
  ) {
    this.container = `bridgehead-lab-${lab}`;
    this.#file = canonical(file);
  }

  static of(inventory: Inventory): LabHost {
    return new LabHost(labName(inventory.name), inventory.file);
  }

  /**
   * The container that was made here, or else the one of the inventory's lab; undefined if there is none. E_LAB if there is no
   * Docker, or if another inventory has a lab of that name.
   */
  async find(): Promise<FoundHost | undefined> {
    const found = await findHost(this.container);
    if (found === undefined) return undefined;
    if (this.#token !== undefined) return found.token === this.#token ? found : undefined;
    if (found.file === this.#file) return found;
    throw ofAnother(this, found);
  }

  /** Makes the container. Whatever fails, nothing of it is left. */
  async start(inventory: Inventory, { log, signal, folders = [] }: HostOptions): Promise<void> {
    const images = [...new Set(planLab(inventory).machines.map(({ image }) => image))];
    const mounts = mountsOf(inventory, [process.cwd(), ...folders]);
    const image = await ensureImage(images, { log, ...(signal === undefined ? {} : { signal }) });
    this.#token = randomUUID();
    const made = { lab: this.lab, token: this.#token, file: this.#file };
    const labels = labelOptions({ ...made, starter: (await processMark(process.pid)) ?? '' });
    try {
      await this.#create(createWords(this, image, labels, mounts.flatMap(mountOption)), signal);
      await copyTool(this.container, signal);
      await mustDocker(['start', this.container], { signal });
      await mustDocker(['exec', this.container, 'sh', '-c', prepare], { signal });
      await this.#seesFiles(inventory);
    } catch (error) {
      await this.remove();
      throw error;
    }
  }

  /** Runs this program in the container. Ends it there if it is ended here. */
  async tool(
    words: readonly string[],
    { env = {}, folder, ...options }: ToolOptions = {},
  ): Promise<CommandResult> {
    if (folder !== undefined) await this.#checkFolder(folder);
    const note = `/run/bridgehead-${process.pid}-${performance.now()}`;
    const terminal = options.inherit === true && process.stdin.isTTY && process.stdout.isTTY;
    const standing = OF_COMMANDS.filter((name) => process.env[name] !== undefined);
    const argv = [
      'exec',
      ...(options.inherit === true || options.input !== undefined ? ['--interactive'] : []),
      ...(terminal ? ['--tty'] : []),
      ...['--workdir', folder ?? '/'],
      ...[...standing, ...Object.keys(env)].flatMap((name) => ['--env', name]),
      ...[this.container, 'sh', '-c', noted, note],
      ...['node', TOOL_BIN, ...words],
    ];
    try {
      return await runCommand(['docker', ...argv], { ...options, env: { ...process.env, ...env } });
    } catch (error) {
      await docker(['exec', this.container, 'sh', '-c', 'kill "$(cat "$0")"', note]);
      throw error;
    }
  }

  /** Removes that container with its disks, however it ended. */
  async remove(): Promise<void> {
    const found = await this.find();
    if (found === undefined) return;
    const { code, stderr } = await docker(['rm', '--force', '--volumes', found.id]);
    if (code !== 0 && !/no such container/i.test(stderr)) {
      throw new BridgeheadError('E_LAB', `the container ${this.container} could not be removed`, {
        evidence: stderr.trim(),
        fix: 'run `bridgehead lab down --driver docker` again',
      });
    }
  }

  /** Copies a folder from here to the same place in the container, if it is there and the container doesn't have it. */
  async send(folder: string): Promise<void> {
    const path = resolve(folder);
    if (!existsSync(path) || (await this.#mounted()).some((mount) => isBelow(path, mount))) return;
    await mustDocker(['exec', this.container, 'mkdir', '-p', dirname(path)]);
    await mustDocker(['cp', path, `${this.container}:${dirname(path)}`]);
  }

  /** Copies a folder of the container here, unless the container has it from here. */
  async fetch(folder: string): Promise<void> {
    const path = resolve(folder);
    if ((await this.#mounted()).some((mount) => isBelow(path, mount))) return;
    const { code } = await docker(['exec', this.container, 'test', '-d', path]);
    if (code !== 0) return;
    await mkdir(dirname(path), { recursive: true });
    await mustDocker(['cp', `${this.container}:${path}`, dirname(path)]);
  }

  /** Of two that make it at once, one does. */
  async #create(words: readonly string[], signal?: AbortSignal): Promise<void> {
    const result = await docker(words, { signal });
    if (result.code === 0) return;
    if (!/already in use/.test(result.stderr)) throw dockerFailure('create', result);
    throw new BridgeheadError('E_LAB', `lab ${this.lab} is being built by another process`, {
      fix: 'wait for it, or interrupt it',
    });
  }

  async #mounted(): Promise<readonly string[]> {
    const format = '{{range .Mounts}}{{if eq .Type "bind"}}{{println .Destination}}{{end}}{{end}}';
    const lines = await mustDocker(['inspect', '--format', format, this.container]);
    return lines.split('\n').filter((line) => line !== '');
  }

  async #checkFolder(folder: string): Promise<void> {
    const mounts = await this.#mounted();
    if (mounts.some((mount) => isBelow(folder, mount))) return;
    throw new BridgeheadError('E_LAB', `the container of lab ${this.lab} doesn't have the folder ${folder}`, {
      evidence: `it has ${mounts.join(', ')}`,
      fix: 'run the command there, or take the lab down and build it from here',
    });
  }

  /** A Docker on another machine has folders of the same names, but not these. */
  async #seesFiles({ file }: Inventory): Promise<void> {
    const { code } = await docker(['exec', this.container, 'test', '-r', resolve(file)]);
    if (code === 0) return;
    throw new BridgeheadError('E_LAB', `Docker can't see ${resolve(file)}`, {
      fix: 'share its folder with Docker (Docker Desktop: Settings, Resources, File sharing), or use a Docker on this machine',
    });
  }
}

function createWords(
  { container }: LabHost,
  image: string,
  labels: readonly string[],
  mounts: readonly string[],
): string[] {
  return [
    ...['create', '--name', container, '--hostname', 'bridgehead-lab'],
    ...[...labels, '--network', 'bridge', ...RIGHTS],
    // A disk of its own: machines' disks can't be on the container's overlay.
    ...['--volume', '/var/lib/bridgehead-lab', ...mounts],
    // By name: their values are in no argv.
    ...passedOn(process.env).flatMap((name) => ['--env', name]),
    ...['--entrypoint', 'sh', image, '-c', firstProcess],
  ];
}

const passedOn = (env: NodeJS.ProcessEnv) => [
  ...(mirrorOf(env) === undefined ? [] : ['BRIDGEHEAD_LAB_MIRROR']),
  ...proxyNames(env),
];

/** A file by its one name, whatever links lead to it. */
function canonical(file: string): string {
  const path = resolve(file);
  return existsSync(path) ? realpathSync(path) : path;
}
