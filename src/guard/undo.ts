import { type Part, reasonOf, refusedBy } from '../remote/part.js';
import type { FragmentReply } from '../remote/program.js';
import { quote } from '../remote/quote.js';
import { GarbledReply } from '../remote/reply-lines.js';
import runs from './fragments/runs.sh';
import undo from './fragments/undo.sh';
import { markedLines, valuesOf } from './reply.js';
import { checkedLine, checkedRun, prelude } from './state-folder.js';
import type { KeptRun, UndonePhase, UndoOutcome } from './types.js';

export interface UndoChoice {
  /** Phases as the snapshots name them; all of the run's when left out. */
  readonly phases?: readonly string[];
  /** Run id of a guard that may be armed, because it watches over this very undo. */
  readonly guardedBy?: string;
}

/** Restores the snapshots of a run on a node, newest first; refused while a guard is armed. */
export function undoFragment(run: string, { phases, guardedBy = '' }: UndoChoice = {}): Part<UndoOutcome> {
  const wanted = (phases ?? []).map((phase) => quote(checkedLine(phase))).join(' ');
  const chosen = `for one in ${wanted}; do [ "$one" != "$1" ] || return 0; done; return 1`;
  return {
    id: 'guard.undo',
    script: `${prelude()}run=${quote(checkedRun(run))}
guarded_by=${quote(guardedBy === '' ? '' : checkedRun(guardedBy))}
is_chosen() { ${phases === undefined ? ':' : chosen}; }
${undo}`,
    parse: parseUndo,
  };
}

function parseUndo(reply: FragmentReply): UndoOutcome {
  const said = valuesOf(reply, 'undo')[0];
  if (reply.code !== 0 || said === undefined) return refusedBy(reply);
  if (said === 'unknown') return { kind: 'unknown' };
  const phases = phasesIn(reply);
  const undone = valuesOf(reply, 'reverted');
  const failed = valuesOf(reply, 'failed');
  return failed.length > 0 ? { kind: 'failed', phases, undone, failed } : { kind: 'undone', phases, undone };
}

/** A phase that kept several snapshots is reported once for each of them. */
function phasesIn(reply: FragmentReply): UndonePhase[] {
  const phases = new Map<string, { undone: string[]; failed: string[] }>();
  let last: { undone: string[]; failed: string[] } | undefined;
  for (const [key, value] of markedLines(reply)) {
    if (key === 'phase') {
      last = phases.get(value) ?? { undone: [], failed: [] };
      phases.set(value, last);
    } else if (key === 'reverted') last?.undone.push(value);
    else if (key === 'failed') last?.failed.push(value);
  }
  return [...phases].map(([phase, lines]) => ({ phase, ...lines }));
}

/** Lists the runs of which the node keeps snapshots, oldest first. */
export function listRunsFragment(): Part<readonly KeptRun[]> {
  return {
    id: 'guard.runs',
    script: `${prelude()}${runs}`,
    parse: parseRuns,
  };
}

type Outcome = KeptRun['phases'][number]['outcome'];
const OUTCOMES: readonly Outcome[] = ['confirmed', 'reverted', 'revert-failed'];

function parseRuns(reply: FragmentReply): readonly KeptRun[] {
  if (reply.code !== 0)
    throw new GarbledReply(`the node can't list the runs that it keeps: ${reasonOf(reply)}`);
  return `\n${reply.stdout}`
    .split('\n@run ')
    .slice(1)
    .map((block): KeptRun => {
      const [run = '', ...lines] = block.split('\n');
      const phases = lines
        .join('\n')
        .split('@phase ')
        .slice(1)
        .map((part) => {
          const said = /^@outcome (.*)$/m.exec(part)?.[1];
          const outcome = OUTCOMES.find((one) => one === said);
          const touched = [...part.matchAll(/^@touched (?:file )?(.*)$/gm)].map(([, what = '']) => what);
          const interfaces = [...part.matchAll(/^@interface (.*)$/gm)].map(([, name = '']) => name);
          return {
            phase: part.split('\n')[0] ?? '',
            ...(outcome === undefined ? {} : { outcome }),
            ...(touched.length === 0 ? {} : { touched }),
            ...(interfaces.length === 0 ? {} : { interfaces }),
          };
        });
      const since = lines.find((line) => line.startsWith('@since '))?.slice('@since '.length) ?? '';
      return { run, since, undone: phases.length > 0 && !lines.includes('@standing yes'), phases };
    });
}
