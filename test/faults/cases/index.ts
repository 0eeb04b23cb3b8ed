import type { Case } from '../case.js';
import { boots } from './boot.js';
import { kills, signals } from './controller.js';
import { cuts } from './cuts.js';
import { groups } from './groups.js';
import { lines } from './lines.js';
import { lives } from './lives.js';
import { machines } from './machines.js';
import { floods, others, strangers } from './others.js';

/** Every case, in a fixed order. */
export const CASES: readonly Case[] = [
  ...kills(),
  ...signals(),
  ...lines(),
  ...machines(),
  ...others(),
  ...strangers(),
  ...floods(),
  ...cuts(),
  ...groups(),
  ...boots(),
  ...lives(),
];
