import { resolve } from 'node:path';
import { EXIT } from '../../core/errors.js';
import {
  type ClientKey,
  connectClients,
  joinKeys,
  type Lab,
  makeClientKeys,
  type Visited,
  visitAll,
} from '../../lab/index.js';
import type { Inventory } from '../../model/inventory.js';
import type { RehearsalResult, RehearsalRun } from '../../render/rehearsal/summary.js';
import { journals } from '../../runner/journal/journal.js';
import { THIS_PROGRAM } from '../this-program.js';
import { rehearsalInventory } from './inventory.js';
import { rebootTargets } from './reboot-targets.js';

export interface RehearsalRequest {
  readonly lab: Lab;
  readonly inventory: Inventory;
  readonly playbook: string | undefined;
  /** State folder of rehearsals. */
  readonly state: string;
  /** Output options of the commands. */
  readonly output: readonly string[];
  /** Folder of the programs that nodes are sent, if there are any. */
  readonly programs?: string | undefined;
  readonly withReboot: boolean;
  /** Whether the phases are measured that take minutes. */
  readonly deep: boolean;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  /** Keys of the clients; default: fresh ones. */
  readonly keys?: readonly ClientKey[];
  /** Called when the apply has ended. */
  readonly applied?: (apply: RehearsalRun) => Promise<void>;
}

export type RehearsalOutcome = Pick<
  RehearsalResult,
  'code' | 'apply' | 'change' | 'visits' | 'reboot' | 'again'
>;

/** Applies from the laptop, has the clients fetch their pages, and, if requested, reboots what others rely on and checks again. */
export async function rehearseInside(request: RehearsalRequest): Promise<RehearsalOutcome> {
  const { lab, inventory, playbook, withReboot, signal, log } = request;
  const { keys = makeClientKeys(inventory) } = request;
  const { file, notes } = await rehearsalInventory(inventory.file, lab.home, {
    clients: keys,
    joins: joinKeys(lab),
  });
  for (const note of notes) log(note);
  const target = [
    '-i',
    file,
    ...(playbook === undefined ? [] : ['-p', playbook]),
    '--state-dir',
    request.state,
  ];

  const programs = request.programs === undefined ? [] : ['--programs', request.programs];
  const deep = request.deep ? ['--deep'] : [];
  const apply = await command(request, ['apply', '--yes', ...deep, ...target, ...programs]);
  await request.applied?.(apply);
  const again = ['apply', ...(apply.code === 0 ? [] : ['--resume']), '--yes', ...target, ...programs];
  if (apply.code !== EXIT.go) return { code: apply.code, apply, visits: [], again };

  await connectClients(lab, inventory, keys);
  const visits = await visitAll(lab, inventory, { signal });
  if (!withReboot || !allGo(visits)) return { code: codeOf(visits), apply, visits, again };

  const nodes = rebootTargets(inventory);
  log(`rebooting ${nodes.join(', ')}`);
  await Promise.all(nodes.map((node) => lab.reboot(node)));
  const check = await command(request, ['check', ...target]);
  const later = check.code === EXIT.go ? await visitAll(lab, inventory, { signal }) : [];
  const code = check.code === EXIT.go ? codeOf(later) : check.code;
  return { code, apply, visits, reboot: { nodes, check, visits: later }, again };
}

function allGo(visits: readonly Visited[]): boolean {
  return visits.every(({ go }) => go);
}

function codeOf(visits: readonly Visited[]): number {
  return allGo(visits) ? EXIT.go : EXIT.stop;
}

/** Runs one command on the laptop, in its own process on this terminal. */
async function command(
  { lab, state, output, signal }: RehearsalRequest,
  words: readonly string[],
): Promise<RehearsalRun> {
  const began = Date.now();
  const { code } = await lab.run([...THIS_PROGRAM, ...words, ...output], {
    stdio: 'inherit',
    env: { BRIDGEHEAD_REHEARSAL: lab.name },
    signal,
  });
  const [last = []] = journals(resolve(state));
  const isThis = Date.parse(last[0]?.at ?? '') >= began;
  return { code, ms: Date.now() - began, events: isThis ? last : [] };
}
