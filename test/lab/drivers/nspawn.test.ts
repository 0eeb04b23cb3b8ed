import { tracesOf } from '../support/traces.js';
import { describeLabsOf, HERE } from './lab-of.js';

describeLabsOf({ name: 'nspawn', program: HERE, traces: async (lab) => tracesOf(lab) });
