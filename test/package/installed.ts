import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderWithNode } from './nodes.js';

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Packed {
  readonly filename: string;
  /** Bytes of the tarball, and of what is in it. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

/** Makes the package of a checkout, as it was built last; by default of this one. */
export function pack(folder: string, checkout = '.'): Packed {
  const words = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const { status, stdout, stderr } = spawnSync('npm', words, { cwd: checkout, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm pack: ${stderr}`);
  // npm 11 lists the packages, npm 12 has them by name.
  const [packed] = Object.values(JSON.parse(stdout) as Readonly<Record<string, Packed>>);
  if (packed === undefined) throw new Error(`npm pack: ${stdout}`);
  return packed;
}

/** A user with one version of Node, a home and an empty npm cache, and nothing that npm could reach. */
export class User {
  readonly root = mkdtempSync(join(tmpdir(), 'bridgehead-package-'));
  readonly prefix = join(this.root, 'prefix');
  readonly folder = join(this.root, 'folder');
  readonly #env: NodeJS.ProcessEnv;

  constructor(node: string) {
    // Other users get as far as the prefix.
    chmodSync(this.root, 0o755);
    for (const path of [this.folder, join(this.root, 'home')]) mkdirSync(path);
    const ours = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|JEST_|CI$)/.test(name));
    this.#env = {
      ...Object.fromEntries(ours),
      HOME: join(this.root, 'home'),
      PATH: `${join(this.prefix, 'bin')}:${folderWithNode(node)}:${process.env['PATH']}`,
      NO_COLOR: '1',
      npm_config_prefix: this.prefix,
      npm_config_cache: join(this.root, 'cache'),
      npm_config_offline: 'true',
    };
  }

  run(program: string, words: readonly string[], options: SpawnSyncOptions = {}): Ended {
    const { error, status, stdout, stderr } = spawnSync(program, words, {
      cwd: this.folder,
      env: this.#env,
      maxBuffer: 1 << 24,
      ...options,
      encoding: 'utf8',
    });
    if (error !== undefined) throw error;
    return { status, stdout, stderr };
  }

  bridgehead(...words: readonly string[]): Ended {
    return this.run('bridgehead', words);
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}
