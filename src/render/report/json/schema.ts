import { EXIT } from '../../../core/errors.js';
import {
  isFlag,
  isNumber,
  isText,
  listOf,
  oneOf,
  optional,
  shape,
  texts,
} from '../../../document/schema/shape.js';
import { COMMANDS } from '../../../runner/events/commands.js';
import { OVERVIEW_SCHEMA } from '../../../runner/events/overview-schema.js';
import {
  changeFields,
  error,
  findings,
  nodesLeft,
  planFile,
  shard,
} from '../../../runner/shards/event-schema.js';

export const isTime = {
  type: 'string',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$',
};

export const kinds = oneOf(
  'stop',
  'failed',
  'left-out',
  'reverted',
  'state',
  'under-way',
  'guarded',
  'next-boot',
  'note',
);

export const verdicts = oneOf(
  'GO',
  'STOP',
  'FAILED',
  'UNREACHABLE',
  'REVERTED',
  'LOCKED',
  'INTERRUPTED',
  'PLAN',
  'DONE',
  'DECLINED',
  'UNFINISHED',
);

const reason = shape({
  kind: kinds,
  title: isText,
  nodes: texts,
  code: optional(isText),
  message: isText,
  fixes: texts,
  findings,
  evidence: texts,
});

const step = shape({
  step: isText,
  name: isText,
  node: isText,
  state: oneOf('satisfied', 'skipped', 'planned', 'changed', 'unfinished', 'reverted', 'failed'),
  skipped: optional(isText),
  changes: listOf(
    shape({
      ...changeFields,
      made: isFlag,
      reverted: optional(isFlag),
      ms: optional(isNumber),
      items: optional(texts),
    }),
  ),
  error: optional(error),
});

const gate = shape({
  name: isText,
  answer: oneOf('GO', 'STOP', 'unmeasured'),
  summary: isText,
  findings,
  ms: optional(isNumber),
});

const phase = shape({
  name: isText,
  description: optional(isText),
  outcome: oneOf(
    'go',
    'done',
    'partial',
    'stop',
    'failed',
    'planned',
    'relied-on',
    'not-reached',
    'unfinished',
  ),
  startedAt: optional(isTime),
  endedAt: optional(isTime),
  steps: listOf(step),
  gates: listOf(gate),
  unmeasured: texts,
  left: optional(nodesLeft),
});

const pairs = shape({
  title: isText,
  unit: oneOf('ms', 's ago', 'bytes'),
  nodes: texts,
  cells: listOf(
    shape({
      from: isText,
      to: isText,
      go: isFlag,
      unit: oneOf('ms', 's ago', 'bytes'),
      value: optional(isNumber),
      lost: optional(isNumber),
    }),
  ),
});

/** JSON Schema of the report of a run. */
export function reportSchema(): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://bridgehead.dev/schemas/report.schema.json',
    title: 'Bridgehead report of a run',
    ...shape({
      format: { const: 1 },
      run: isText,
      joined: optional(texts),
      command: oneOf(...COMMANDS),
      version: optional(isText),
      inventory: planFile,
      playbook: optional(planFile),
      shard: optional(shard),
      scope: optional(shape({ nodes: isNumber, of: isNumber })),
      startedAt: isTime,
      endedAt: isTime,
      ms: isNumber,
      exit: optional(oneOf(...Object.values(EXIT))),
      verdict: verdicts,
      where: optional(isText),
      summary: isText,
      reasons: listOf(reason),
      changes: shape({ planned: isNumber, made: isNumber }),
      disruption: isText,
      nodes: listOf(
        shape({
          name: isText,
          connectedMs: optional(isNumber),
          readMs: optional(isNumber),
          error: optional(error),
          leftOut: isFlag,
        }),
      ),
      phases: listOf(phase),
      pairs: listOf(pairs),
      overview: optional(OVERVIEW_SCHEMA),
    }),
  };
}
