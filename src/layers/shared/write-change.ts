import { unifiedDiff } from '../../core/diff.js';
import type { Change } from '../step.js';
import { writeFileScript } from './atomic-write.js';

/** A file of ours, which belongs to root. */
export interface WrittenFile {
  readonly path: string;
  readonly content: string;
  /** `0644` if it is left out. */
  readonly mode?: string;
  /** For the plan, if the content is more than a few settings. */
  readonly purpose?: string | undefined;
  /** Its content is shown nowhere. */
  readonly secret?: boolean | undefined;
  /** Command that fails, and says why, if the content in `$temp` is of no use: the old file stays then. */
  readonly test?: string | undefined;
}

/** Writes a file that isn't as wanted. `old`: the text that is there; undefined if there is no file. */
export function writeChange(file: WrittenFile, old: string | undefined): Change {
  const { path, content, mode = '0644', purpose, secret = false, test } = file;
  const diff = secret ? '' : unifiedDiff(old ?? '', content, path);
  return {
    summary: `write ${path}${secret ? ' (its content is not shown)' : ''}`,
    disruption: { level: 'none' },
    ...(diff === '' ? {} : { diff }),
    ...(old === undefined && { creates: { path, mode, ...(purpose && { purpose }) } }),
    script: writeFileScript({ path, content, mode, owner: 'root', group: 'root', test }),
  };
}
