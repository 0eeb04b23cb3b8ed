import { join } from 'node:path';
import type { DriverName } from '../../lab/driver.js';
import type { ReportTarget } from '../reports/report-files.js';

export interface RehearseOptions {
  readonly inventory?: string;
  readonly playbook?: string;
  readonly driver?: DriverName;
  readonly withReboot?: boolean;
  /** Whether the phases are measured that take minutes; default: yes. */
  readonly deep?: boolean;
  /** A run's id, `last`, or the file of an earlier inventory. */
  readonly against?: string;
  readonly report?: readonly ReportTarget[];
  readonly keep?: boolean;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly color: boolean;
  readonly stateDir?: string;
  /** Folder of the programs that nodes are sent. */
  readonly programs?: string;
  /** False: the caller shows what to do next. */
  readonly showsNext?: boolean;
}

/** The options of the commands in the lab that give the same output. */
export function outputFlags({ json, verbose, color }: RehearseOptions): string[] {
  return [
    ...(json === true ? ['--json'] : []),
    ...(verbose === true ? ['--verbose'] : []),
    ...(color ? [] : ['--no-color']),
  ];
}

/** Where rehearsals keep their journals, apart from those of the real machines, in a state folder. */
export const rehearsalsFolder = (state: string): string => join(state, 'rehearsals');
