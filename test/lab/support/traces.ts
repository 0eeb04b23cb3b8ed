import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What there is of a lab: its folders, mounts and groups of processes. */
export function tracesOf(name: string): string[] {
  const below = new RegExp(`bridgehead-lab/${name}(/|$)`);
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  const points = mounts.flatMap(([, point]) => point ?? []);
  const groups = mounts
    .filter(([, , type]) => type === 'cgroup2' || type === 'cgroup')
    .flatMap(([, point]) => point ?? []);
  const folders = ['/run', '/var/lib', ...groups].map((root) => join(root, 'bridgehead-lab', name));
  return [...points.filter((point) => below.test(point)), ...folders.filter((folder) => existsSync(folder))];
}
