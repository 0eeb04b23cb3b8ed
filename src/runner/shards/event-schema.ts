import { EXIT } from '../../core/errors.js';
import {
  type Fields,
  isFlag,
  isNumber,
  isText,
  listOf,
  oneOf,
  optional,
  shape,
  texts,
} from '../../document/schema/shape.js';
import { DISRUPTION_LEVELS } from '../../layers/step.js';
import { COMMANDS } from '../events/commands.js';
import type { RunEvent } from '../events/events.js';
import { OVERVIEW_SCHEMA } from '../events/overview-schema.js';

export const planFile = shape({ file: isText, name: isText, digest: isText });
export const error = shape({
  code: isText,
  message: isText,
  node: optional(isText),
  phase: optional(isText),
  step: optional(isText),
  evidence: optional(isText),
  fix: optional(isText),
});
export const findings = listOf(
  shape({
    go: isFlag,
    node: isText,
    peer: optional(isText),
    expected: isText,
    seen: isText,
    fix: optional(isText),
    noted: optional(isFlag),
    pair: optional(
      shape({
        network: isText,
        value: optional(isNumber),
        unit: oneOf('ms', 's ago', 'bytes'),
        lost: optional(isNumber),
      }),
    ),
  }),
);
export const shard = shape({ index: isNumber, of: isNumber, total: isNumber });
export const nodesLeft = shape({ changed: texts, untouched: texts, reverted: texts, unknown: texts });
export const changeFields = {
  summary: isText,
  disruption: shape({ level: oneOf(...DISRUPTION_LEVELS), detail: optional(isText) }),
  diff: optional(isText),
  creates: optional(shape({ path: isText, mode: isText, purpose: optional(isText) })),
  retires: optional(isText),
  stays: optional(isFlag),
};
const changes = listOf(shape(changeFields));
const onNode = { phase: isText, node: isText };
const stepOnNode = { ...onNode, step: isText };
const gate = { phase: isText, gate: isText };

/** What an event has to hold for a report to be read from it, by its type. */
const FIELDS: { readonly [T in RunEvent['type']]: Fields } = {
  'run-started': {
    command: oneOf(...COMMANDS),
    inventory: planFile,
    playbook: optional(planFile),
    nodes: texts,
    shard: optional(shard),
    joined: optional(texts),
    version: optional(isText),
    overview: optional(OVERVIEW_SCHEMA),
    phases: listOf(shape({ name: isText, description: optional(isText), steps: texts, gates: texts })),
  },
  'node-connecting': { node: isText },
  'node-connected': { node: isText, ms: isNumber },
  'node-probed': { node: isText, ms: isNumber },
  'node-left-out': { node: isText, error },
  'node-failed': { node: isText, error },
  'lock-taken': { node: isText, from: optional(isText) },
  'lock-waiting': { nodes: texts, holder: isText, seconds: isNumber },
  'lock-waited': { nodes: texts, ms: isNumber },
  'lock-left': { node: isText, reason: isText },
  'guard-armed': { ...onNode, seconds: isNumber },
  'guard-confirmed': { ...onNode, ms: isNumber },
  'boot-unproven': { ...onNode, notes: texts },
  'guard-waiting': { ...onNode, seconds: isNumber, reason: isText },
  'guard-reverted': {
    ...onNode,
    by: oneOf('node', 'run'),
    earlier: optional(isText),
    reverted: texts,
    failed: texts,
  },
  'shard-waiting': { phase: optional(isText), nodes: texts, seconds: isNumber },
  'relied-on': { ...gate, go: isFlag, summary: isText, findings },
  'program-moving': {
    ...onNode,
    program: isText,
    doing: oneOf('fetch', 'send'),
    done: isNumber,
    total: optional(isNumber),
  },
  'phase-started': { phase: isText },
  'step-planned': { ...stepOnNode, name: isText, changes, skipped: optional(isText) },
  'change-started': { ...stepOnNode, summary: isText },
  'change-done': { ...stepOnNode, summary: isText, ms: isNumber, items: optional(texts) },
  'step-failed': { ...stepOnNode, error },
  'gate-started': { ...gate, name: isText },
  'gate-trying': { ...gate, name: isText, done: isNumber, total: isNumber },
  'gate-ended': {
    ...gate,
    name: isText,
    go: isFlag,
    unmeasured: optional(isFlag),
    summary: isText,
    findings,
  },
  'phase-ended': {
    phase: isText,
    outcome: oneOf('go', 'done', 'partial', 'stop', 'failed', 'planned'),
    changes: isNumber,
    nodes: optional(nodesLeft),
  },
  'run-ended': {
    exit: oneOf(...Object.values(EXIT)),
    changes: isNumber,
    errors: listOf(error),
    ms: isNumber,
  },
};

const stamp = {
  run: isText,
  at: {
    type: 'string',
    pattern: '^\\d{4}-(0\\d|1[0-2])-([0-2]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d+)?Z$',
  },
};

/** JSON Schema of an event of a run, as a report is read from it. */
export const EVENT_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: 'https://bridgehead.dev/schemas/event.schema.json',
  type: 'object',
  required: ['type'],
  properties: { type: isText },
  discriminator: { propertyName: 'type' },
  oneOf: Object.entries(FIELDS).map(([type, fields]) =>
    shape({ type: { const: type }, ...stamp, ...fields }),
  ),
};
