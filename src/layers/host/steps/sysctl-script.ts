import { quote } from '../../../remote/quote.js';
import { PROC, sysctlPath } from '../kernel/sysctl-keys.js';
import writeSetting from './write-setting.sh';

export interface Setting {
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string;
}

/** Sets the keys that differ and no other: `sysctl --system` fails in containers, and minimal images have no sysctl. */
export function settingScript(settings: readonly Setting[]): string {
  const lines = settings.map(
    ({ key, after }) => `write ${quote(key)} ${quote(PROC + sysctlPath(key))} ${quote(after)}`,
  );
  return `${writeSetting}${lines.join('\n')}
exit "$failed"`;
}
