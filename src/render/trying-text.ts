import type { EventOf } from './event-table.js';

/** `trying for 70 s; 20 s are over` */
export const tryingText = ({ done, total }: Pick<EventOf<'gate-trying'>, 'done' | 'total'>): string =>
  done === 0 ? `trying for ${total} s` : `trying for ${total} s; ${done} s are over`;
