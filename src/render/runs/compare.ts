import { createPaint } from '../colour.js';
import { allErrors, type RunRecord, stepsToChange } from '../report/record.js';
import { verdict } from '../report/summary.js';

/** What one run has and another hasn't. */
export interface Sides<T> {
  readonly onlyBefore: readonly T[];
  readonly onlyAfter: readonly T[];
}

/** How a gate answered; undefined if it wasn't measured. */
export interface GateAnswer {
  readonly answer: 'GO' | 'STOP' | 'unmeasured';
  readonly summary: string;
}

export interface GateDifference {
  readonly phase: string;
  readonly gate: string;
  readonly before: GateAnswer | undefined;
  readonly after: GateAnswer | undefined;
}

export interface PlannedOn {
  readonly phase: string;
  readonly node: string;
  readonly change: string;
}

export interface RunError {
  readonly code: string;
  readonly node: string | undefined;
  readonly message: string;
}

/** What is different between two runs. */
export interface RunDifferences {
  /** Whether they were given different inventories, playbooks. */
  readonly inventory: boolean;
  readonly playbook: boolean;
  /** How each ended, and where: the same text if they ended alike. */
  readonly ended: { readonly before: string; readonly after: string };
  readonly errors: Sides<RunError>;
  readonly nodes: Sides<string>;
  readonly gates: readonly GateDifference[];
  readonly changes: Sides<PlannedOn>;
}

const UNPAINTED = createPaint(false);

/** What is different in `after` from `before`. A gate with another number of the same kind (12 of 12, 20 of 20) is different. */
export function compareRuns(before: RunRecord, after: RunRecord): RunDifferences {
  const [a, b] = [before.started, after.started];
  const isUnknown = a === undefined || b === undefined;
  return {
    inventory: isUnknown || a.inventory.digest !== b.inventory.digest,
    playbook: isUnknown || a.playbook?.digest !== b.playbook?.digest,
    ended: { before: verdict(before, UNPAINTED), after: verdict(after, UNPAINTED) },
    errors: sides(errorsIn(before), errorsIn(after), ({ code, node, message }) =>
      JSON.stringify([code, node, message]),
    ),
    nodes: sides(a?.nodes ?? [], b?.nodes ?? [], (node) => node),
    gates: gateDifferences(before, after),
    changes: sides(plannedOn(before), plannedOn(after), ({ phase, node, change }) =>
      JSON.stringify([phase, node, change]),
    ),
  };
}

/** Whether two runs have done, found and been given the same. */
export function isSame(differences: RunDifferences): boolean {
  const { inventory, playbook, ended, errors, nodes, gates, changes } = differences;
  const lists = [gates, ...[errors, nodes, changes].flatMap((of) => [of.onlyBefore, of.onlyAfter])];
  const isAlike = !inventory && !playbook && ended.before === ended.after;
  return isAlike && lists.every((list) => list.length === 0);
}

/** Those of nodes that were left out, too. */
function errorsIn(record: RunRecord): RunError[] {
  const all = [...allErrors(record), ...record.leftOut.map(({ node, error }) => ({ ...error, node }))];
  return all.map(({ code, node, message }) => ({ code, node, message }));
}

function sides<T>(before: readonly T[], after: readonly T[], keyOf: (one: T) => string): Sides<T> {
  const [keysBefore, keysAfter] = [new Set(before.map(keyOf)), new Set(after.map(keyOf))];
  return {
    onlyBefore: before.filter((one) => !keysAfter.has(keyOf(one))),
    onlyAfter: after.filter((one) => !keysBefore.has(keyOf(one))),
  };
}

function plannedOn(record: RunRecord): PlannedOn[] {
  return stepsToChange(record).flatMap(({ phase, node, changes }) =>
    changes.map(({ summary }) => ({ phase, node, change: summary })),
  );
}

function gateDifferences(before: RunRecord, after: RunRecord): GateDifference[] {
  const [a, b] = [answers(before), answers(after)];
  const places = new Map([...a, ...b].map(([key, { phase, gate }]) => [key, { phase, gate }]));
  return [...places]
    .map(([key, place]) => ({ ...place, before: a.get(key)?.answer, after: b.get(key)?.answer }))
    .filter((one) => one.before?.answer !== one.after?.answer || one.before?.summary !== one.after?.summary);
}

interface Answered {
  readonly phase: string;
  readonly gate: string;
  readonly answer: GateAnswer;
}

function answers({ proved, stopped, unmeasured }: RunRecord): Map<string, Answered> {
  const all: Answered[] = [
    ...proved.map(({ phase, name, summary }) => answered(phase, name, 'GO', summary)),
    ...stopped.map(({ phase, gate, summary }) => answered(phase, gate, 'STOP', summary)),
    ...unmeasured.map(({ phase, name, summary }) => answered(phase, name, 'unmeasured', summary)),
  ];
  return new Map(all.map((one) => [JSON.stringify([one.phase, one.gate]), one]));
}

const answered = (phase: string, gate: string, answer: GateAnswer['answer'], summary: string): Answered => ({
  phase,
  gate,
  answer: { answer, summary },
});
