import type { Question } from '../../../remote/question.js';
import { quote } from '../../../remote/quote.js';
import { normalizeValue, orderKeys, PROC, sysctlPath } from './sysctl-keys.js';

/** Normalised value by key; undefined if the kernel has no such key. */
export type LiveValues = ReadonlyMap<string, string | undefined>;

/**
 * One `grep` reads every key: the shell's own `read` takes single bytes in dash and busybox, and the kernel answers
 * such a reader with the first digit of a number alone.
 */
export function valuesInForce(keys: readonly string[]): Question<LiveValues> {
  const paths = orderKeys(keys).map((key) => quote(PROC + sysctlPath(key)));
  return {
    script: `set --
for path in ${paths.join(' ')}; do [ ! -e "$path" ] || set -- "$@" "$path"; done
[ $# = 0 ] || grep -H '' "$@" || [ $? = 1 ] || exit 1`,
    parse: ({ stdout }) => {
      const lines = new Map<string, string[]>();
      for (const line of stdout.split('\n')) {
        const colon = line.indexOf(':');
        if (!line.startsWith(PROC) || colon < 0) continue;
        const path = line.slice(PROC.length, colon);
        lines.set(path, [...(lines.get(path) ?? []), line.slice(colon + 1)]);
      }
      return new Map(
        keys.map((key) => {
          const value = lines.get(sysctlPath(key));
          return [key, value && normalizeValue(value.join(' '))];
        }),
      );
    },
  };
}
