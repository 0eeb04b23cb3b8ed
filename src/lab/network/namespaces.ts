import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BridgeheadError } from '../../core/errors.js';
import { must, runCommand, tail } from '../host/command.js';
import type { LabPaths } from '../names.js';
import type { CommandResult, ExecOptions, LabPlan } from '../types.js';

/** Makes a lab's namespaces, pinned below its own folder, and lays links, addresses, routes and rules. */
export async function buildNamespaces(plan: LabPlan, paths: LabPaths, signal?: AbortSignal): Promise<void> {
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

/** Deletes the rules of a chain that have a comment; returns how many there were. */
export async function deleteRules(
  pin: string,
  table: string,
  chain: string,
  comment: string,
): Promise<number> {
  const listing = await must(inside(pin, 'nft', '-a', 'list', 'chain', 'inet', table, chain));
  const handles = listing
    .split('\n')
    .filter((line) => line.includes(`comment "${comment}"`))
    .flatMap((line) => /# handle (\d+)$/.exec(line)?.[1] ?? []);
  for (const handle of handles)
    await must(inside(pin, 'nft', 'delete', 'rule', 'inet', table, chain, 'handle', handle));
  return handles.length;
}

/** Replaces a table with the planned one, in one transaction. */
export async function restoreTable(pin: string, table: string, rules: string): Promise<void> {
  const input = `table inet ${table} {}\ndelete table inet ${table}\n${rules}`;
  const { code, stderr } = await runCommand(inside(pin, 'nft', '-f', '-'), { input });
  if (code !== 0)
    throw new BridgeheadError('E_LAB', 'the router rejected its rules', { evidence: tail(stderr) });
}

function sysctlScript(sysctls: Readonly<Record<string, string>>): string {
  const lines = Object.entries(sysctls).map(([key, value]) => {
    const path = `/proc/sys/net/${key}`;
    return `[ ! -e ${path} ] || echo ${value} >${path}`;
  });
  return ['set -e', ...lines].join('\n');
}
