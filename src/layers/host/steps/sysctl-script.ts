import { quote } from '../../../remote/quote.js';
import { PROC, sysctlPath } from '../kernel/sysctl-keys.js';

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
  return `failed=0
write() {
if [ ! -e "$2" ]; then echo "this kernel has no $1" >&2; failed=1; return; fi
printf '%s\\n' "$3" >"$2" || { echo "the kernel refuses $1 = $3" >&2; failed=1; }
}
${lines.join('\n')}
exit "$failed"`;
}
