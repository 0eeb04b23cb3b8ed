import { EXIT } from '../../../core/errors.js';
import { isNumber, isText, listOf, oneOf, optional, shape, texts } from '../../../document/schema/shape.js';
import { isTime, kinds, verdicts } from '../json/schema.js';
import { NOTIFICATION_EVENTS } from './events.js';

/** JSON Schema of what `--notify` sends. */
export function notificationSchema(): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://bridgehead.dev/schemas/notification.schema.json',
    title: 'Bridgehead notification of a run',
    ...shape({
      format: { const: 1 },
      event: oneOf(...NOTIFICATION_EVENTS),
      text: isText,
      command: oneOf('plan', 'apply', 'check'),
      exit: oneOf(...Object.values(EXIT)),
      run: optional(isText),
      inventory: optional(isText),
      verdict: optional(verdicts),
      where: optional(isText),
      summary: optional(isText),
      startedAt: optional(isTime),
      endedAt: optional(isTime),
      changes: optional(shape({ planned: isNumber, made: isNumber })),
      planned: optional(listOf(shape({ node: isText, changes: texts }))),
      reasons: listOf(
        shape({
          kind: kinds,
          title: isText,
          nodes: texts,
          code: optional(isText),
          message: isText,
          fixes: texts,
        }),
      ),
    }),
  };
}
