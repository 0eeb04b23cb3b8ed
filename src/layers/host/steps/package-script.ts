import { command, quote } from '../../../remote/quote.js';
import installPackages from './install-packages.sh';

/** Exit statuses of the built script; 100 and the like are apt's own. */
export const PACKAGE_STATUS = { locked: 75, notFound: 76, noApt: 77, fetch: 78, diskFull: 79 } as const;

export interface InstallOptions {
  /** Names that match `^[a-z0-9][a-z0-9+.-]*[a-z0-9+]$`. */
  readonly names: readonly string[];
  /** Seconds to wait for cloud-init and for apt's locks, in total. */
  readonly wait: number;
  /** Folder that stands for `/`, for tests. */
  readonly root?: string;
}

const variables = Object.entries(PACKAGE_STATUS).map(
  ([name, status]) => `status_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}=${status}\n`,
);

/** POSIX sh that installs packages with apt, even if a fresh machine is still busy. */
export function installScript({ names, wait, root = '' }: InstallOptions): string {
  return `${variables.join('')}patience=${wait}
root=${quote(root)}
set -- ${command(...names)}
${installPackages}`;
}
