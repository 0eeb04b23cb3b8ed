import { quote } from '../../../../remote/quote.js';
import { startUnit } from '../../../shared/start-unit.js';
import type { Change } from '../../../step.js';
import { APPS_FOLDER } from '../paths.js';
import type { Service } from '../proxy.js';
import type { SeenProxy } from '../read/seen.js';

/** Why a unit that runs has to be restarted; undefined if it need not. */
function whyRestart(
  { unit, files }: Service,
  seen: SeenProxy,
  changed: ReadonlySet<string>,
): string | undefined {
  const startedAt = seen.units.get(unit)?.startedAt ?? 0;
  const newer = files
    .map(({ path }) => path)
    .filter((path) => changed.has(path) || (seen.files.get(path)?.modified ?? 0) > startedAt);
  if (newer.length > 0) return `${newer.join(', ')} ${newer.length > 1 ? 'are' : 'is'} newer`;
  return seen.outdated.has(unit) ? 'its program has been replaced' : undefined;
}

/**
 * Starts a unit now and at boot, or restarts it.
 *
 * @param changed Paths that this plan writes.
 * @param ready sh that waits until it serves what it should.
 */
export function planService(
  service: Service,
  seen: SeenProxy,
  changed: ReadonlySet<string>,
  ready: string,
): Change[] {
  const { unit, cuts } = service;
  const state = seen.units.get(unit);
  const script = `mkdir -p ${quote(APPS_FOLDER)} && systemctl daemon-reload && { ${startUnit(unit, 'restart')}; } || exit
${ready}`;
  const touches = { units: [unit] };
  if (state?.active !== true) {
    return [{ summary: `start ${unit}, now and at boot`, disruption: { level: 'none' }, script, touches }];
  }
  const why = whyRestart(service, seen, changed);
  if (why !== undefined) {
    const disruption = { level: 'brief', detail: `restarts ${unit}: cuts ${cuts}` } as const;
    return [{ summary: `restart ${unit}: ${why}`, disruption, script, touches }];
  }
  if (state.fileState === 'enabled') return [];
  const enable = `systemctl enable --quiet ${quote(unit)}`;
  return [{ summary: `enable ${unit}`, disruption: { level: 'none' }, script: enable, touches }];
}
