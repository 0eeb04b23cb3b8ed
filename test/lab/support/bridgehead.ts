import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadInventory } from '../../../src/inventory/index.js';
import type { ExecOptions, Lab } from '../../../src/lab/index.js';
import type { Inventory } from '../../../src/model/inventory.js';
import type { StampedEvent } from '../../../src/runner/events/events.js';

export const BIN = resolve('bin/bridgehead.js');

/** Shorter than a test's limit, so that a run or a script that hangs is named. */
export const HANGS_MS = 600_000;

export interface RunReport {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly events: readonly StampedEvent[];
}

/** Runs the command line standing as the lab's laptop and reads its events. */
export const bridgehead = (lab: Lab, ...args: readonly string[]): Promise<RunReport> =>
  runBridgehead(lab, [process.execPath, BIN], args);

/** The same with another program. */
export async function runBridgehead(
  lab: Lab,
  program: readonly string[],
  args: readonly string[],
): Promise<RunReport> {
  const result = await lab.run([...program, ...args], {
    timeoutMs: HANGS_MS,
    env: { BRIDGEHEAD_SUDO_PASSWORD_FILE: lab.sudoPasswordFile },
  });
  const json = args.includes('--json');
  const lines = json ? result.stdout.split('\n').filter((line) => line !== '') : [];
  return { ...result, events: lines.map((line) => JSON.parse(line) as StampedEvent) };
}

export function ofType<T extends StampedEvent['type']>(
  report: RunReport,
  type: T,
): Extract<StampedEvent, { type: T }>[] {
  return report.events.filter((event): event is Extract<StampedEvent, { type: T }> => event.type === type);
}

export const stops = (report: RunReport): string[] =>
  ofType(report, 'gate-ended').flatMap(({ name, findings }) =>
    findings
      .filter(({ go }) => !go)
      .map(({ node, peer, seen }) => `${name}: ${node}${peer ? ` -> ${peer}` : ''}: ${seen}`),
  );

export const changesOf = (report: RunReport): number => ofType(report, 'run-ended')[0]?.changes ?? -1;

/** Everything that the tool has written below the laptop's home, as one text. */
export function everythingWritten(lab: Lab): string {
  const state = join(lab.home, '.local/state/bridgehead/runs');
  return readdirSync(state)
    .map((run) => readFileSync(join(state, run, 'journal.jsonl'), 'utf8'))
    .join('');
}

export async function exec(lab: Lab, node: string, script: string, options?: ExecOptions): Promise<string> {
  const { code, stdout, stderr } = await lab.exec(node, script, options);
  if (code !== 0) throw new Error(`${node}: ${script}: status ${code}: ${stderr}`);
  return stdout.trim();
}

export const inventoryAt = (file: string): Promise<Inventory> => loadInventory(file);
