import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command as quoted } from '../../remote/quote.js';
import { joinScript, makeGroup } from '../machine/cgroups.js';
import type { LabPaths } from '../names.js';
import { inside } from './namespaces.js';

/** Files of /etc that somebody in a lab has in place of the host's. */
export interface GuestFiles {
  readonly hosts: string;
  readonly passwd?: string;
  /** Text of its resolv.conf. It asks the DNS by itself: a service of the host's would ask another. */
  readonly resolver?: string;
}

/** The files by which names are looked up. */
export const RESOLVER_FILES = ['resolv.conf', 'nsswitch.conf'] as const;
const NSSWITCH = 'passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n';

export async function writeGuestFiles(folder: string, files: GuestFiles): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [name, text] of contentOf(files)) await writeFile(join(folder, name), text, { mode: 0o644 });
}

function contentOf({ hosts, passwd, resolver }: GuestFiles): readonly (readonly [string, string])[] {
  return [
    ['hosts', hosts],
    ...(passwd === undefined ? [] : [['passwd', passwd] as const]),
    ...(resolver === undefined
      ? []
      : [['resolv.conf', resolver] as const, ['nsswitch.conf', NSSWITCH] as const]),
  ];
}

export interface Guest {
  /** Its group of processes in the lab. */
  readonly group: string;
  readonly namespace: string;
  /** Folder with its files, and their names. */
  readonly folder: string;
  readonly files: readonly string[];
}

/** The words that run a command of this host in a guest's network, with its files in /etc. */
export async function asGuest(guest: Guest, paths: LabPaths, argv: readonly string[]): Promise<string[]> {
  const folders = await makeGroup(paths.lab, guest.group);
  const binds = guest.files.map((name) => `mount --bind ${quoted(join(guest.folder, name))} /etc/${name}`);
  const enter = inside(
    paths.namespace(guest.namespace),
    ...['unshare', '--mount', 'sh', '-c', `set -e\n${binds.join('\n')}\nexec "$@"`, guest.group],
  );
  return ['sh', '-c', `set -e\n${joinScript(folders)}\nexec "$@"`, 'lab', ...enter, ...argv];
}
