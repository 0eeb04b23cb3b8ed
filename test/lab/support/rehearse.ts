import { join } from 'node:path';
import { rehearseChange } from '../../../src/app/rehearse/change/change.js';

type Change = Parameters<typeof rehearseChange>[0];

/** Rehearses a change with the default playbook; what is printed is not shown. */
export const rehearseQuietly = (
  change: Pick<Change, 'lab' | 'former' | 'inventory'>,
  folder: string,
): ReturnType<typeof rehearseChange> =>
  rehearseChange({
    ...change,
    playbook: undefined,
    state: join(folder, 'state'),
    output: ['--json'],
    withReboot: false,
    deep: false,
    signal: new AbortController().signal,
    log: () => undefined,
  });
