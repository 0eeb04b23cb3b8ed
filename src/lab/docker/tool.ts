import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PACKAGE_ROOT } from '../../core/package-root.js';
import { mustDocker } from './engine.js';

/** Where the container has this program. */
const PLACE = '/opt/bridgehead';
export const TOOL_BIN = `${PLACE}/bin/bridgehead.js`;

/** Copies this very program into a container, so that both are always of one version. */
export async function copyTool(container: string, signal?: AbortSignal): Promise<void> {
  const root = fileURLToPath(PACKAGE_ROOT);
  const staged = await mkdtemp(join(tmpdir(), 'bridgehead-tool-'));
  try {
    const target = join(staged, 'bridgehead');
    const { files } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { files: string[] };
    const names = files.filter((name) => !name.startsWith('!'));
    for (const name of ['package.json', ...names]) await copyIfThere(join(root, name), join(target, name));
    await mustDocker(['cp', target, `${container}:${dirname(PLACE)}`], { signal });
  } finally {
    await rm(staged, { recursive: true, force: true });
  }
}

async function copyIfThere(source: string, target: string): Promise<void> {
  try {
    await cp(source, target, { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
