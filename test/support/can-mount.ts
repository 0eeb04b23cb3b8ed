import { spawnSync } from 'node:child_process';

/** Whether namespaces of our own can be made, with mounts and kernel settings that nobody else sees. */
export const canMount =
  spawnSync('unshare', ['-m', '-n', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
