import type { Outage } from '../../../src/lab/streams/outages.js';

/** Whether nothing was cut: a machine that is busy keeps an answer for longer than an outage has to be to count. */
export const wentOn = ({ fate, ms }: Outage): boolean =>
  fate === 'uncut' || (fate === 'survived' && ms < 3000);
