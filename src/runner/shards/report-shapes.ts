import { EXIT } from '../../core/errors.js';
import type { RunEvent } from '../events/events.js';

type Is = (value: unknown) => boolean;

const isText: Is = (value) => typeof value === 'string';
const isNumber: Is = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isFlag: Is = (value) => typeof value === 'boolean';
const oneOf =
  (...values: readonly unknown[]): Is =>
  (value) =>
    values.includes(value);
const optional =
  (is: Is): Is =>
  (value) =>
    value === undefined || is(value);
const listOf =
  (is: Is): Is =>
  (value) =>
    Array.isArray(value) && value.every(is);
const shape =
  (fields: Readonly<Record<string, Is>>): Is =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(fields).every(([name, is]) => is((value as Record<string, unknown>)[name]));

const texts = listOf(isText);
const planFile = shape({ file: isText, name: isText, digest: isText });
const error = shape({
  code: isText,
  message: isText,
  node: optional(isText),
  phase: optional(isText),
  step: optional(isText),
  evidence: optional(isText),
  fix: optional(isText),
});
const findings = listOf(
  shape({
    go: isFlag,
    node: isText,
    peer: optional(isText),
    expected: isText,
    seen: isText,
    fix: optional(isText),
    noted: optional(isFlag),
  }),
);
const changes = listOf(
  shape({
    summary: isText,
    disruption: shape({ level: oneOf('none', 'brief', 'outage'), detail: optional(isText) }),
    diff: optional(isText),
    retires: optional(isText),
  }),
);
const onNode = { phase: isText, node: isText };
const stepOnNode = { ...onNode, step: isText };
const gate = { phase: isText, gate: isText };

/** What an event has to hold for a report to be read from it, by its type. */
const SHAPES: { readonly [T in RunEvent['type']]: Is } = {
  'run-started': shape({
    command: oneOf('plan', 'apply', 'check'),
    inventory: planFile,
    playbook: planFile,
    nodes: texts,
    shard: optional(shape({ index: isNumber, of: isNumber, total: isNumber })),
    joined: optional(texts),
    phases: listOf(shape({ name: isText, description: optional(isText), steps: texts, gates: texts })),
  }),
  'node-connecting': shape({ node: isText }),
  'node-connected': shape({ node: isText, ms: isNumber }),
  'node-probed': shape({ node: isText, ms: isNumber }),
  'node-left-out': shape({ node: isText, error }),
  'node-failed': shape({ node: isText, error }),
  'lock-taken': shape({ node: isText, from: optional(isText) }),
  'lock-left': shape({ node: isText, reason: isText }),
  'guard-armed': shape({ ...onNode, seconds: isNumber }),
  'guard-confirmed': shape({ ...onNode, ms: isNumber }),
  'boot-unproven': shape({ ...onNode, notes: texts }),
  'guard-waiting': shape({ ...onNode, seconds: isNumber, reason: isText }),
  'guard-reverted': shape({
    ...onNode,
    by: oneOf('node', 'run'),
    earlier: optional(isText),
    undone: texts,
    failed: texts,
  }),
  'shard-waiting': shape({ phase: optional(isText), nodes: texts, seconds: isNumber }),
  'relied-on': shape({ ...gate, go: isFlag, summary: isText, findings }),
  'phase-started': shape({ phase: isText }),
  'step-planned': shape({ ...stepOnNode, name: isText, changes, skipped: optional(isText) }),
  'change-started': shape({ ...stepOnNode, summary: isText }),
  'change-done': shape({ ...stepOnNode, summary: isText, ms: isNumber }),
  'step-failed': shape({ ...stepOnNode, error }),
  'gate-started': shape({ ...gate, name: isText }),
  'gate-ended': shape({
    ...gate,
    name: isText,
    go: isFlag,
    unmeasured: optional(isFlag),
    summary: isText,
    findings,
  }),
  'phase-ended': shape({
    phase: isText,
    outcome: oneOf('go', 'partial', 'stop', 'failed', 'planned'),
    changes: isNumber,
    nodes: optional(shape({ changed: texts, untouched: texts, undone: texts, unknown: texts })),
  }),
  'run-ended': shape({
    exit: oneOf(...Object.values(EXIT)),
    changes: isNumber,
    errors: listOf(error),
    ms: isNumber,
  }),
};

const isStamp = shape({
  run: isText,
  at: (value) => isText(value) && !Number.isNaN(Date.parse(String(value))),
});

/** Whether a value that was read from a file is an event of a run, whole enough to be reported. */
export function isEvent(value: unknown): boolean {
  const type = (value as { readonly type?: unknown } | null)?.type;
  if (typeof type !== 'string' || !Object.hasOwn(SHAPES, type)) return false;
  return isStamp(value) && SHAPES[type as RunEvent['type']](value);
}
