import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { command } from '../../remote/quote.js';
import { must } from '../host/command.js';
import type { LabPaths } from '../names.js';
import { joinScript, makeGroup } from './cgroups.js';

/**
 * Starts a process that outlives this one, in one of the lab's groups such as `helpers/proxy`, with its output in a log of
 * the lab's.
 */
export async function launch(
  paths: LabPaths,
  group: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const folders = await makeGroup(paths.lab, group);
  const log = paths.log(logName(group));
  await mkdir(dirname(log), { recursive: true, mode: 0o700 });
  const script = [
    'set -e',
    'umask 077',
    joinScript(folders),
    `exec setsid --fork ${command(...argv)} </dev/null >>${command(log)} 2>&1`,
  ];
  await must(['sh', '-c', script.join('\n')], { env: { ...process.env, ...env } });
}

/** `machines/wk-1` logs to `machines-wk-1.log`. */
export function logName(group: string): string {
  return group.replaceAll('/', '-');
}
