import { runCommand } from '../host/command.js';
import type { LabPaths } from '../names.js';
import { asGuest, RESOLVER_FILES } from '../network/guest.js';
import { execInside } from '../network/namespaces.js';
import type { CommandResult, ExecOptions, LabPlan } from '../types.js';
import { internetOf } from './internet.js';
import { trustEnvironment } from './trust.js';
import type { InternetPlace } from './types.js';

/** Runs a command, or a POSIX sh script, in one of the internet's own places. E_LAB if the lab has none. */
export async function runOnInternet(
  plan: LabPlan,
  paths: LabPaths,
  { place, command }: { readonly place: InternetPlace; readonly command: string | readonly string[] },
  options: ExecOptions = {},
): Promise<CommandResult> {
  internetOf(plan);
  if (place === 'services') return execInside(paths.namespace(place), command, options);
  const folder = paths.guest(place);
  const guest = { group: place, namespace: place, folder, files: ['hosts', ...RESOLVER_FILES] };
  const argv = typeof command === 'string' ? ['sh', '-c', command] : command;
  const { stdio, ...rest } = options;
  return runCommand(await asGuest(guest, paths, argv), {
    ...rest,
    inherit: stdio === 'inherit',
    env: {
      PATH: process.env['PATH'],
      LANG: 'C.UTF-8',
      HOME: folder,
      ...trustEnvironment(plan, paths),
    },
  });
}
