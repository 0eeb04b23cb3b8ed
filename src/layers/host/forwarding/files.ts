import { startUnit } from '../../shared/start-unit.js';
import { type WrittenFile, writeChange } from '../../shared/write-change.js';
import type { Change } from '../../step.js';
import type { SeenForwarding } from './live.js';

const MODE = '644 root root';

/** Writes one of the files that belong to forwarding; `[]` if it is as wanted. */
export function planOwnFile(file: WrittenFile, seen: SeenForwarding): Change[] {
  const old = seen.files.get(file.path);
  return old?.text === file.content && old.mode === MODE ? [] : [writeChange(file, old?.text)];
}

/** Starts a unit of ours now and at boot, or reloads it; on failure its journal is printed. */
export function startUnitScript(unit: string): string {
  return `systemctl daemon-reload && ${startUnit(unit, 'reload-or-restart')}`;
}
