import type { Finding } from '../../../gate.js';

/** Something on a node that is in a network's way. */
export type Problem = Pick<Finding, 'expected' | 'seen' | 'fix'>;
