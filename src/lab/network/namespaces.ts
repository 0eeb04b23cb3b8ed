import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { must, runCommand } from '../host/command.js';
import type { LabPaths } from '../names.js';
import type { CommandResult, ExecOptions, LabPlan } from '../types.js';

/** Makes a lab's namespaces, pinned below its own folder, and lays links, addresses, routes and rules. */
export async function buildNamespaces(
  plan: Pick<LabPlan, 'namespaces' | 'network'>,
  paths: LabPaths,
  signal?: AbortSignal,
): Promise<void> {
  await mkdir(dirname(paths.namespace('x')), { recursive: true, mode: 0o700 });
  for (const { name, sysctls, nft } of plan.namespaces) {
    const pin = paths.namespace(name);
    await writeFile(pin, '', { mode: 0o600 });
    await must(['unshare', `--net=${pin}`, 'true'], { signal });
    await must(inside(pin, 'sh', '-c', sysctlScript(sysctls)), { signal });
    if (nft !== undefined) await must(inside(pin, 'nft', '-f', '-'), { input: nft, signal });
  }
  for (const { namespace, lines } of plan.network) {
    await must(inside(paths.namespace(namespace), 'ip', '-batch', '-'), {
      input: `${lines.join('\n')}\n`,
      signal,
    });
  }
}

/** The words that run a command in a pinned network namespace. */
export function inside(pin: string, ...argv: readonly string[]): string[] {
  return ['nsenter', `--net=${pin}`, '--', ...argv];
}

/** Runs a command, or a POSIX sh script, in a namespace. */
export function execInside(
  pin: string,
  command: string | readonly string[],
  { stdio, ...options }: ExecOptions = {},
): Promise<CommandResult> {
  const argv = typeof command === 'string' ? ['sh', '-c', command] : command;
  return runCommand(inside(pin, ...argv), { ...options, inherit: stdio === 'inherit' });
}

function sysctlScript(sysctls: Readonly<Record<string, string>>): string {
  const lines = Object.entries(sysctls).map(([key, value]) => {
    const path = `/proc/sys/net/${key}`;
    return `[ ! -e ${path} ] || echo ${value} >${path}`;
  });
  return ['set -e', ...lines].join('\n');
}
