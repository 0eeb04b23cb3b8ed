import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The versions of Node that the package is for. */
export const SUPPORTED = ['20', '22', '24'] as const;
/** What `apt install nodejs` brings on Ubuntu 22.04 and on Debian 12. */
export const TOO_OLD = ['12', '18'] as const;

const CACHE = join(process.env['BRIDGEHEAD_CACHE'] ?? '/var/cache/bridgehead', 'nodes');
/** The package of the npm registry that contains nothing but Node for this kind of machine. */
const PACKAGE = `node-${process.platform}-${process.arch}`;

/** A folder with a program `node` of the newest release of this major version, fetched once. */
export function folderWithNode(major: string): string {
  const folder = join(CACHE, `v${major}`);
  if (existsSync(join(folder, 'node'))) return folder;
  mkdirSync(folder, { recursive: true });
  const made = mkdtempSync(join(CACHE, 'fetched-'));
  const words = ['--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error, stderr } = spawnSync(
    'npm',
    ['install', '--prefix', made, ...words, `${PACKAGE}@${major}`],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`npm install ${PACKAGE}@${major}: ${error?.message ?? stderr}`);
  renameSync(join(made, 'node_modules', PACKAGE, 'bin/node'), join(folder, 'node'));
  rmSync(made, { recursive: true });
  return folder;
}
