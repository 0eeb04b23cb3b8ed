import { unifiedDiff } from '../../../core/diff.js';
import { writeFileScript } from '../../shared/atomic-write.js';
import { startUnit } from '../../shared/start-unit.js';
import type { Change } from '../../step.js';
import type { SeenForwarding } from './live.js';

const MODE = '644 root root';

export interface OwnFile {
  readonly path: string;
  readonly content: string;
  /** For the plan, if the content is more than a few settings. */
  readonly purpose?: string;
}

/** Writes one of the files that belong to forwarding; `[]` if it is as wanted. */
export function planOwnFile({ path, content, purpose }: OwnFile, seen: SeenForwarding): Change[] {
  const old = seen.files.get(path);
  if (old?.text === content && old.mode === MODE) return [];
  const diff = unifiedDiff(old?.text ?? '', content, path);
  return [
    {
      summary: `write ${path}`,
      disruption: { level: 'none' },
      ...(diff === '' ? {} : { diff }),
      ...(old === undefined ? { creates: { path, mode: '0644', ...(purpose && { purpose }) } } : {}),
      script: writeFileScript({ path, content, mode: '0644', owner: 'root', group: 'root' }),
    },
  ];
}

/** Starts a unit of ours now and at boot, or reloads it; on failure its journal is printed. */
export function startUnitScript(unit: string): string {
  return `systemctl daemon-reload && ${startUnit(unit, 'reload-or-restart')}`;
}
