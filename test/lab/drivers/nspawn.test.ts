import { jest } from '@jest/globals';
import { tracesOf } from '../support/traces.js';
import { describeLabsOf, HERE } from './lab-of.js';

jest.setTimeout(180_000);

describeLabsOf({ name: 'nspawn', program: HERE, traces: async (lab) => tracesOf(lab) });
