import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFormer } from '../../../../src/app/rehearse/change/former.js';
import { BridgeheadError } from '../../../../src/core/errors.js';
import { parseYaml } from '../../../../src/document/index.js';
import { resolveDocument } from '../../../../src/inventory/index.js';
import { loadPlaybook } from '../../../../src/playbook/index.js';
import type { Command } from '../../../../src/runner/events/commands.js';
import type { RunEvent } from '../../../../src/runner/events/events.js';
import { keepGiven } from '../../../../src/runner/journal/given.js';
import { playbookDigest } from '../../../../src/runner/plan/digest.js';
import { folderWith } from '../../../cli/helpers.js';

export const FILE = '/net/inventory.yaml';

export const text = (name: string, nodes: readonly string[] = ['a', 'b'], key = 'keys/all') =>
  JSON.stringify({
    name,
    defaults: { ssh: { key } },
    nodes: Object.fromEntries(nodes.map((node, index) => [node, { public: `192.0.2.${index + 1}` }])),
  });

export const inventory = (name: string, nodes?: readonly string[], file = FILE) =>
  resolveDocument(parseYaml(file, text(name, nodes))).inventory;

/** A run of the inventory's nodes `a` and `b`, and of the playbook's phases `first` and `tunnel`. */
export interface Kept {
  readonly command?: Command;
  /** Of the inventory. */
  readonly file?: string;
  readonly nodes?: readonly string[];
  readonly shard?: { readonly index: number; readonly of: number; readonly total: number };
  readonly phases?: readonly string[];
  readonly exit?: number;
  /** Of every phase. */
  readonly outcome?: 'go' | 'done' | 'stop' | 'failed' | 'planned';
  /** Nodes that it has begun to change, in its last phase. */
  readonly changed?: readonly string[];
  /** Those of them whose guard reverted that. */
  readonly reverted?: readonly string[];
  /** Nodes that it would change. */
  readonly planned?: readonly string[];
  readonly ends?: false;
  /** What is kept of the run next to its journal. */
  readonly keeps?: 'both' | 'inventory' | 'nothing';
}

export const PLAYBOOK =
  'name: mine\nphases:\n  - name: first\n    gates: [{ ping: {} }]\n  - name: tunnel\n    gates: [{ ping: {} }]\n';

function eventsOf(kept: Kept, playbook: { readonly file: string; readonly digest: string }): RunEvent[] {
  const { phases = ['first', 'tunnel'], outcome, nodes = ['a', 'b'], shard, file = FILE } = kept;
  const phase = phases.at(-1) ?? '';
  const change = { summary: 'write a file', disruption: { level: 'none' } } as const;
  const at = (node: string) => ({ phase, step: 'file', node });
  return [
    {
      type: 'run-started',
      command: kept.command ?? 'apply',
      inventory: { file, name: 'net', digest: 'd' },
      playbook: { name: 'mine', ...playbook },
      nodes,
      ...(shard === undefined ? {} : { shard }),
      version: '0.0.9',
      phases: phases.map((name) => ({ name, steps: [], gates: ['ping'] })),
    },
    ...(kept.planned ?? []).map(
      (node) => ({ type: 'step-planned', ...at(node), name: 'file', changes: [change] }) as const,
    ),
    ...(kept.changed ?? []).map(
      (node) => ({ type: 'change-started', ...at(node), summary: change.summary }) as const,
    ),
    ...(kept.reverted ?? []).map(
      (node) =>
        ({ type: 'guard-reverted', phase, node, by: 'run', reverted: ['/etc/x'], failed: [] }) as const,
    ),
    ...(outcome === undefined
      ? []
      : phases.map((name) => ({ type: 'phase-ended', phase: name, outcome, changes: 1 }) as const)),
    ...(kept.ends === false
      ? []
      : [{ type: 'run-ended', exit: kept.exit ?? 0, changes: 1, errors: [], ms: 1 } as const]),
  ];
}

/** A state folder with these runs, and their playbook as it is now. */
export async function stateWith(
  runs: Readonly<Record<string, Kept>>,
  { playbook: yaml = PLAYBOOK, now = yaml }: { readonly playbook?: string; readonly now?: string } = {},
): Promise<string> {
  const state = folderWith({ 'mine.yaml': yaml });
  const file = join(state, 'mine.yaml');
  const playbook = await loadPlaybook(file);
  writeFileSync(file, now);
  for (const [run, kept] of Object.entries(runs)) {
    const { keeps = kept.command === 'undo' ? 'nothing' : 'both' } = kept;
    mkdirSync(join(state, 'runs', run), { recursive: true });
    const lines = eventsOf(kept, { file, digest: playbookDigest(playbook) }).map((event) =>
      JSON.stringify({ ...event, run, at: '2026-11-20T10:15:00Z' }),
    );
    writeFileSync(join(state, 'runs', run, 'journal.jsonl'), `${lines.join('\n')}\n`);
    if (keeps === 'nothing') continue;
    const bare = { file: '', name: 'adopt', phases: [] };
    keepGiven(state, run, { inventory: inventory('net'), playbook: keeps === 'both' ? playbook : bare });
  }
  return state;
}

export const find = (against: string, stateDir: string, next = inventory('net')) =>
  findFormer({ against, next, playbook: undefined, stateDir });

export const messageOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.catch((reason: unknown) => reason);
  if (!(error instanceof BridgeheadError)) throw error;
  const { evidence, fix } = error.details;
  return [error.message, evidence, fix].filter(Boolean).join('\n');
};

export const GO = { outcome: 'go' } as const;
export const ONE = '20261120-101500-aaaaaa';
export const TWO = '20261121-101500-bbbbbb';
export const THREE = '20261122-101500-cccccc';
export const FOUR = '20261123-101500-dddddd';
